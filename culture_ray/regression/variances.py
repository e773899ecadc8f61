"""The search for REML variances, over many data sets at once.

Fixed effects are projected out first: z = K'y with K an orthonormal basis of the complement of X,
so z ~ N(0, Sigma), Sigma = sum_k s_k K'G_kK + K'VK, is linear in the variances s and gradient,
Hessian and information are closed forms (Patterson and Thompson 1971; Searle, Casella and McCulloch
1992, chapter 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from culture_ray.regression.arrays import Flags, Positions, Real

# all in units of each data set's residual mean square
_STARTS = (0.02, 0.25, 1.0)
_RESIDUAL_FLOOR = 1e-9
_AT_ZERO = 1e-8

_MAX_STEPS = 80
_HALVINGS = 10
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Variances:
    """Where the search ended, for B data sets and K variances."""

    s: Real
    """B x K."""

    criterion: Real
    """B values of -2 log restricted likelihood, counted as lme4 counts it."""

    hessian: Real
    """B x K x K second derivatives of the criterion."""

    at_zero: Flags
    """B x K: estimated at zero."""

    converged: Flags
    """B: the optimum was verified, gradient zero or pointing below zero."""


def search(y: Real, X: Real, kernels: Real, V: Real, *, residual: bool) -> Variances:
    """Return the variances that maximise the restricted likelihood.

    Args:
        y: B x n.
        X: B x n x p of full column rank.
        kernels: K x n x n; with `residual` the last is the identity.
        V: B x n x n, or 1 x n x n for all alike.
        residual: whether the last variance is that of e, kept off zero so that Sigma can be
            inverted whatever V is.
    """
    contrasts = _Contrasts.of(y, X, kernels, V)
    floor = np.zeros(len(kernels))
    floor[-1:] = _RESIDUAL_FLOOR if residual else 0.0
    s = _start(contrasts, floor)
    going = np.arange(len(y))
    for _ in range(_MAX_STEPS):
        moved, finished = _step(contrasts.take(going), s[going], floor)
        s[going] = moved
        going = going[~finished]
        if not len(going):
            break
    gradient, hessian, _ = contrasts.derivatives(s)
    scale = contrasts.scale
    return Variances(
        s=s * scale[:, None],
        criterion=contrasts.criterion(s) + contrasts.constant,
        hessian=hessian / scale[:, None, None] ** 2,
        at_zero=s <= floor + _AT_ZERO,
        converged=_verified(s, gradient, hessian, floor),
    )


@dataclass(frozen=True)
class _Contrasts:
    """Data sets without their fixed effects, each in units of its residual mean square."""

    z: Real
    G: Real
    V: Real
    scale: Real
    constant: Real

    @staticmethod
    def of(y: Real, X: Real, kernels: Real, V: Real) -> _Contrasts:
        n, p = X.shape[1:]
        Q, R = np.linalg.qr(X, mode="complete")
        K = Q[:, :, p:]
        Kt = K.transpose(0, 2, 1)
        z = (Kt @ y[..., None])[..., 0]
        scale = np.maximum((z**2).mean(-1), np.finfo(float).tiny)
        # with log|X'X| and 2 pi the likelihood of the contrasts is lme4's REML criterion
        log_xx = 2 * np.log(np.abs(np.diagonal(R[:, :p], axis1=1, axis2=2))).sum(-1)
        return _Contrasts(
            z=z / np.sqrt(scale)[:, None],
            G=Kt[:, None] @ kernels @ K[:, None],
            V=(Kt @ V @ K) / scale[:, None, None],
            scale=scale,
            constant=log_xx + (n - p) * np.log(2 * np.pi * scale),
        )

    def take(self, some: Positions) -> _Contrasts:
        if len(some) == len(self.z):
            return self
        return _Contrasts(
            self.z[some], self.G[some], self.V[some], self.scale[some], self.constant[some]
        )

    def sigma(self, s: Real) -> Real:
        shape = self.V.shape
        return (s[:, None] @ self.G.reshape(*s.shape, -1))[:, 0].reshape(shape) + self.V

    def criterion(self, s: Real) -> Real:
        """Return -2 log likelihood less its constant; infinite where Sigma is singular."""
        factor, regular = _cholesky(self.sigma(s))
        half = np.linalg.solve(factor, self.z[..., None])[..., 0]
        log_det = 2 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(-1)
        return np.where(regular, log_det + (half**2).sum(-1), np.inf)

    def derivatives(self, s: Real) -> tuple[Real, Real, Real]:
        """Return gradient, observed Hessian and expected information of the criterion."""
        A = np.linalg.inv(self.sigma(s))
        AG = A[:, None] @ self.G
        w = A @ self.z[..., None]
        Gw = (self.G @ w[:, None])[..., 0]
        gradient = np.trace(AG, axis1=-2, axis2=-1) - (Gw @ w)[..., 0]
        flat = AG.reshape(*s.shape, -1)
        expected = flat @ AG.transpose(0, 1, 3, 2).reshape(*s.shape, -1).transpose(0, 2, 1)
        observed = 2 * Gw @ A @ Gw.transpose(0, 2, 1) - expected
        return gradient, observed, expected


def _start(contrasts: _Contrasts, floor: Real) -> Real:
    """Return the best point of a coarse grid, because the likelihood can have several summits."""
    count = len(contrasts.z)
    best = np.full((count, len(floor)), np.nan)
    lowest = np.full(count, np.inf)
    for point in product(_STARTS, repeat=len(floor)):
        s = np.tile(np.maximum(point, floor), (count, 1))
        value = contrasts.criterion(s)
        better = value < lowest
        best[better], lowest[better] = s[better], value[better]
    return np.where(np.isnan(best), 1.0, best)


def _step(c: _Contrasts, s: Real, floor: Real) -> tuple[Real, Flags]:
    """Return where one projected Newton step leads, and which data sets are done."""
    gradient, observed, expected = c.derivatives(s)
    free = ~((s <= floor) & (gradient > 0))
    slope = np.where(free, gradient, 0.0)
    curvature = _positive(observed, expected, free)
    direction = -np.linalg.solve(curvature, slope[..., None])[..., 0]
    finished = -(slope * direction).sum(-1) < _TOLERANCE
    now = c.criterion(s)
    moved, length = s.copy(), np.ones(len(s))
    waiting = ~finished
    for _ in range(_HALVINGS):
        trial = np.maximum(s + length[:, None] * direction, floor)
        lower = waiting & (c.criterion(trial) < now)
        moved[lower] = trial[lower]
        waiting &= ~lower
        if not waiting.any():
            break
        length[waiting] /= 3
    # no lower point along the direction: as far as floating point goes, this is the end
    return moved, finished | waiting


def _positive(observed: Real, expected: Real, free: Flags) -> Real:
    """Return the Hessian on the free variances, or the information where it is not positive."""
    both = free[:, :, None] & free[:, None, :]
    eye = np.eye(free.shape[1])
    newton = np.where(both, observed, eye)
    ridge = 1e-10 * np.trace(expected, axis1=1, axis2=2)[:, None, None] * eye
    fisher = np.where(both, expected + ridge, eye)
    convex = np.linalg.eigvalsh(newton)[:, 0] > 1e-8
    return np.where(convex[:, None, None], newton, fisher)


def _verified(s: Real, gradient: Real, hessian: Real, floor: Real) -> Flags:
    """Return where the gradient vanishes, or points below the floor, and curvature is positive."""
    free = ~((s <= floor) & (gradient > 0))
    slope = np.where(free, gradient, 0.0)
    both = free[:, :, None] & free[:, None, :]
    curvature = np.where(both, hessian, np.eye(s.shape[1]))
    convex = np.linalg.eigvalsh(curvature)[:, 0] > 0
    safe = np.where(convex[:, None, None], curvature, np.eye(s.shape[1]))
    decrement = (slope * np.linalg.solve(safe, slope[..., None])[..., 0]).sum(-1)
    return np.asarray(convex & (decrement < 1e-6) & np.isfinite(s).all(-1))


def _cholesky(sigma: Real) -> tuple[Real, Flags]:
    """Return Cholesky factors and where they exist; the identity stands where they do not."""
    try:
        return np.linalg.cholesky(sigma), np.ones(len(sigma), np.bool_)
    except np.linalg.LinAlgError:
        smallest = np.linalg.eigvalsh(sigma)[:, 0]
        regular: Flags = smallest > 1e-13 * np.abs(sigma).max(axis=(1, 2))
        safe = np.where(regular[:, None, None], sigma, np.eye(sigma.shape[1]))
        return np.linalg.cholesky(safe), regular
