"""The search for the variances of highest restricted likelihood, over many data sets at once.

Variances of random intercepts may be held at zero or above, as lme4 and metafor do, or be let below
it. Below zero means that levels differ less than the residuals alone would make them; with few
levels this happens often by chance, and cutting it off at zero makes every test that rests on the
estimate too cautious (Stroup 2013, Generalized Linear Mixed Models, section 6.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from culture_ray.regression.arrays import Flags, Real
from culture_ray.regression.reml.projected import Projected, SpareDimensions

# all in units of each data set's residual mean square
_STARTS = (0.02, 0.25, 1.0)
_RESIDUAL_FLOOR = 1e-9
_AT_ZERO = 1e-8

_COVERED = 0.98
_MAX_STEPS = 80
_CUTS = 10
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
    """B x K: held at zero."""

    converged: Flags
    """B: the optimum was verified, gradient zero or pointing below zero."""


def search(
    y: Real,
    X: Real,
    kernels: Real,
    V: Real,
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
        spare: dimensions that hold nothing but residuals; only with `residual`.
        residual: whether the last variance is that of e, kept off zero so that Sigma can be
            inverted whatever V is.
        bounded: whether the other variances are held at zero or above; without it they go below as
            far as the residual variance covers them.
    """
    limits = _Limits.of(kernels, residual=residual, bounded=bounded)
    data = Projected.of(y, X, kernels, V, spare)
    s = _start(data, limits)
    going = np.arange(len(y))
    for _ in range(_MAX_STEPS):
        moved, finished = _step(data.take(going), s[going], limits)
        s[going] = moved
        going = going[~finished]
        if not len(going):
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
    """Where variances may be."""

    floor: Real
    """K smallest values."""

    size: Real
    """K largest eigenvalues of the kernels."""

    @staticmethod
    def of(kernels: Real, *, residual: bool, bounded: bool) -> _Limits:
        floor = np.full(len(kernels), 0.0 if bounded else -np.inf)
        if residual:
            floor[-1] = _RESIDUAL_FLOOR
        return _Limits(floor, np.linalg.eigvalsh(kernels)[:, -1])

    def allow(self, s: Real) -> Flags:
        """Return where Omega stays positive definite, by Weyl's inequality."""
        below = np.minimum(s, 0) @ self.size
        return np.asarray((below >= 0) | (_COVERED * s[:, -1] + below > 0))


def _start(data: Projected, limits: _Limits) -> Real:
    """Return the best point of a coarse grid, because the likelihood can have several summits."""
    count = len(data.z)
    best = np.ones((count, len(limits.floor)))
    lowest = np.full(count, np.inf)
    for point in product(_STARTS, repeat=len(limits.floor)):
        s = np.tile(point, (count, 1))
        value = data.criterion(s)
        better = value < lowest
        best[better], lowest[better] = s[better], value[better]
    return best


def _step(data: Projected, s: Real, limits: _Limits) -> tuple[Real, Flags]:
    """Return where one projected Newton step leads, and which data sets are done."""
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
    # no lower point along the direction: as far as floating point goes, this is the end
    return moved, finished | waiting


def _free(s: Real, gradient: Real, limits: _Limits) -> Flags:
    """Return which variances may move: all but those that press against their floor."""
    return ~((s <= limits.floor) & (gradient > 0))


def _positive(hessian: Real, expected: Real, free: Flags) -> Real:
    """Return the Hessian on the free variances, or the information where it is not positive."""
    both = free[:, :, None] & free[:, None, :]
    eye = np.eye(free.shape[1])
    newton = np.where(both, hessian, eye)
    ridge = 1e-10 * np.trace(expected, axis1=1, axis2=2)[:, None, None] * eye
    fisher = np.where(both, expected + ridge, eye)
    convex = np.linalg.eigvalsh(newton)[:, 0] > 1e-8
    return np.where(convex[:, None, None], newton, fisher)


def _verified(s: Real, gradient: Real, hessian: Real, limits: _Limits) -> Flags:
    """Return where the gradient vanishes, or points below the floor, and curvature is positive."""
    free = _free(s, gradient, limits)
    slope = np.where(free, gradient, 0.0)
    eye = np.eye(s.shape[1])
    curvature = np.where(free[:, :, None] & free[:, None, :], hessian, eye)
    convex = np.linalg.eigvalsh(curvature)[:, 0] > 0
    safe = np.where(convex[:, None, None], curvature, eye)
    decrement = (slope * np.linalg.solve(safe, slope[..., None])[..., 0]).sum(-1)
    return np.asarray(convex & (decrement < 1e-6) & np.isfinite(s).all(-1))
