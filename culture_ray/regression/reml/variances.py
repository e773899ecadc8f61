"""Maximisation of the restricted likelihood over the variances, for many data sets at once.

Variances of random intercepts are constrained to zero or above, as in lme4 and metafor, or left
unconstrained. A negative estimate means that levels differ less than the residuals alone would make
them; with few levels this often happens by chance, and truncation at zero makes every test that
depends on the estimate conservative (Stroup 2013, Generalized Linear Mixed Models, section 6.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from culture_ray.measures.result import BoolArray, FloatArray
from culture_ray.regression.reml.projected import Projected, SpareDimensions

# In units of each data set's residual mean square.
_STARTS = (0.02, 0.25, 1.0)
_RESIDUAL_FLOOR = 1e-9
_AT_ZERO = 1e-8

_COVERED = 0.98
_MAX_STEPS = 80
_CUTS = 10
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Variances:
    """Variances of maximal restricted likelihood of B data sets, K each."""

    s: FloatArray
    """B x K."""

    criterion: FloatArray
    """B values of -2 log restricted likelihood, with the constant of lme4."""

    hessian: FloatArray
    """B x K x K second derivatives of the criterion."""

    at_zero: BoolArray
    """B x K: True where the estimate is zero."""

    converged: BoolArray
    """B: True where the optimum was verified: gradient zero, or pointing below the bound."""


def search(
    y: FloatArray,
    X: FloatArray,
    kernels: FloatArray,
    V: FloatArray,
    spare: SpareDimensions,
    *,
    residual: bool,
    bounded: bool,
) -> Variances:
    """Return the variances that maximise the restricted likelihood.

    Args:
        y: B x n.
        X: B x n x p of full column rank.
        kernels: K x n x n; with `residual` the last is the identity.
        V: B x n x n.
        spare: dimensions that contain only residuals; only with `residual`.
        residual: the last variance is that of e; it is kept above zero so that Sigma is invertible
            for any V.
        bounded: constrain the other variances to zero or above. Otherwise they may be negative as
            long as the residual variance keeps Sigma positive definite.
    """
    limits = _Limits.of(kernels, residual=residual, bounded=bounded)
    data = Projected.of(y, X, kernels, V, spare)
    s = _start(data, limits)
    active = np.arange(len(y))
    for _ in range(_MAX_STEPS):
        moved, finished = _step(data.take(active), s[active], limits)
        s[active] = moved
        active = active[~finished]
        if not len(active):
            break
    gradient, hessian, _ = data.derivatives(s)
    return Variances(
        s=s * data.scale[:, None],
        criterion=data.criterion(s) + data.constant,
        hessian=hessian / data.scale[:, None, None] ** 2,
        at_zero=np.abs(s) <= np.where(np.isfinite(limits.floor), _AT_ZERO, 0),
        converged=_verified(s, gradient, hessian, limits),
    )


@dataclass(frozen=True)
class _Limits:
    """Constraints on the variances."""

    floor: FloatArray
    """K lower bounds."""

    size: FloatArray
    """K largest eigenvalues of the kernels."""

    @staticmethod
    def of(kernels: FloatArray, *, residual: bool, bounded: bool) -> _Limits:
        floor = np.full(len(kernels), 0.0 if bounded else -np.inf)
        if residual:
            floor[-1] = _RESIDUAL_FLOOR
        return _Limits(floor, np.asarray(np.linalg.eigvalsh(kernels)[:, -1], np.float64))

    def allow(self, s: FloatArray) -> BoolArray:
        """Return True where Omega is certain to be positive definite (Weyl's inequality)."""
        below = np.minimum(s, 0) @ self.size
        return np.asarray((below >= 0) | (_COVERED * s[:, -1] + below > 0))


def _start(data: Projected, limits: _Limits) -> FloatArray:
    """Return the best point of a coarse grid, as the likelihood can have several maxima."""
    count = len(data.z)
    best = np.ones((count, len(limits.floor)))
    lowest = np.full(count, np.inf)
    for point in product(_STARTS, repeat=len(limits.floor)):
        s = np.tile(point, (count, 1))
        value = data.criterion(s)
        better = value < lowest
        best[better], lowest[better] = s[better], value[better]
    return best


def _step(data: Projected, s: FloatArray, limits: _Limits) -> tuple[FloatArray, BoolArray]:
    """Return the variances after one projected Newton step, and True where it converged."""
    gradient, hessian, expected = data.derivatives(s)
    free = _free(s, gradient, limits)
    slope = np.where(free, gradient, 0.0)
    curvature = _positive(hessian, expected, free)
    direction = -np.linalg.solve(curvature, slope[..., None])[..., 0]
    finished = -(slope * direction).sum(-1) < _TOLERANCE
    now = data.criterion(s)
    moved, length = s.copy(), np.ones(len(s))
    waiting = ~finished
    for _ in range(_CUTS):
        trial = np.maximum(s + length[:, None] * direction, limits.floor)
        lower = waiting & limits.allow(trial) & (data.criterion(trial) < now)
        moved[lower] = trial[lower]
        waiting &= ~lower
        if not waiting.any():
            break
        length[waiting] /= 3
    # No lower point along the direction: converged to floating-point precision.
    return moved, finished | waiting


def _free(s: FloatArray, gradient: FloatArray, limits: _Limits) -> BoolArray:
    """Return True for variances that are free: not at their bound with the gradient outwards."""
    return ~((s <= limits.floor) & (gradient > 0))


def _positive(hessian: FloatArray, expected: FloatArray, free: BoolArray) -> FloatArray:
    """Return the Hessian of the free variances, or the information where it is not definite."""
    both = free[:, :, None] & free[:, None, :]
    eye = np.eye(free.shape[1])
    newton = np.where(both, hessian, eye)
    ridge = 1e-10 * np.trace(expected, axis1=1, axis2=2)[:, None, None] * eye
    fisher = np.where(both, expected + ridge, eye)
    convex = np.linalg.eigvalsh(newton)[:, 0] > 1e-8
    return np.where(convex[:, None, None], newton, fisher)


def _verified(
    s: FloatArray, gradient: FloatArray, hessian: FloatArray, limits: _Limits
) -> BoolArray:
    """Return True where gradient and curvature are those of a minimum within the bounds."""
    free = _free(s, gradient, limits)
    slope = np.where(free, gradient, 0.0)
    eye = np.eye(s.shape[1])
    curvature = np.where(free[:, :, None] & free[:, None, :], hessian, eye)
    convex = np.linalg.eigvalsh(curvature)[:, 0] > 0
    safe = np.where(convex[:, None, None], curvature, eye)
    decrement = (slope * np.linalg.solve(safe, slope[..., None])[..., 0]).sum(-1)
    return np.asarray(convex & (decrement < 1e-6) & np.isfinite(s).all(-1))
