"""REML for y = Xb + sum_k Z_k u_k + e + m, u_k, e independent and normal, m ~ N(0, V) known.

With V = 0 it is lme4's `lmer` with random intercepts; without e it is metafor's `rma.mv`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from culture_ray.regression.arrays import Flags, Positions, Real
from culture_ray.regression.reml.projected import SpareDimensions
from culture_ray.regression.reml.variances import Variances, search

T = TypeVar("T", bound=np.generic)
NO_SPARE = SpareDimensions()


@dataclass(frozen=True)
class Fit:
    """One fitted model, or many of them along the leading axes (...)."""

    estimates: Real
    """... x p coefficients b."""

    covariance: Real
    """... x p x p (X' Omega^-1 X)^-1: their covariance as if Omega were known."""

    variances: Real
    """... x K: one of each factor's intercepts, then of e where there is a residual."""

    hessian: Real
    """... x K x K second derivatives of the criterion by the variances."""

    criterion: Real
    """... REML criterion: -2 log restricted likelihood as lme4 counts it."""

    precision: Real
    """... x n x n inverse of Omega = sum_k s_k G_k + V."""

    at_zero: Flags
    """... x K: variances estimated at zero (a singular fit)."""

    converged: Flags
    """...: the optimum was verified."""

    X: Real
    """... x n x p as fitted."""

    kernels: Real
    """K x n x n the G_k, the identity last where there is a residual."""

    spare: int = 0
    """Dimensions beyond these n in which there is only e."""


def fit(
    y: Real,
    X: Real,
    kernels: Real,
    V: Real | None = None,
    *,
    spare: SpareDimensions = NO_SPARE,
    residual: bool = True,
    bounded: bool = True,
) -> Fit:
    """Return the REML fit of y on X.

    Args:
        y: ... x n responses; leading axes of y, X and V are separate data sets and broadcast.
        X: ... x n x p of full column rank, p < n.
        kernels: one n x n matrix Z_k Z_k' per factor with a random intercept (there may be none).
        V: ... x n x n covariance of the sampling errors m, positive semidefinite.
        spare: dimensions of the data, beyond these n, that hold nothing but e (`compress.py`).
        residual: whether e is there. Without it V must be positive definite.
        bounded: whether variances of random intercepts are held at zero or above, as in lme4.
            Without it they may go below (see `variances.py`); where the likelihood then has no
            verified summit, the bounded fit stands in.

    Raises:
        ValueError: there is neither e nor V.
    """
    n = y.shape[-1]
    if residual:
        kernels = np.concatenate([kernels, np.eye(n)[None]])
    elif V is None or not bounded or spare.count:
        raise ValueError("without a residual, give V and bounded=True, and spare nothing")
    V = np.zeros((n, n)) if V is None else V
    lead = np.broadcast_shapes(y.shape[:-1], X.shape[:-2], V.shape[:-2])
    y, X, V = _stack(y, lead, 1), _stack(X, lead, 2), _stack(V, lead, 2)
    found = search(y, X, kernels, V, spare, residual=residual, bounded=bounded)
    if not bounded and not found.converged.all():
        lost = np.flatnonzero(~found.converged)
        again = search(y[lost], X[lost], kernels, V[lost], spare, residual=residual, bounded=True)
        found = _with(found, lost, again)
    precision = np.linalg.inv((found.s @ kernels.reshape(len(kernels), -1)).reshape(V.shape) + V)
    weighted = X.transpose(0, 2, 1) @ precision
    covariance = np.linalg.inv(weighted @ X)

    def unstacked(a: NDArray[T]) -> NDArray[T]:
        return a.reshape(lead + a.shape[1:])

    return Fit(
        estimates=unstacked((covariance @ weighted @ y[..., None])[..., 0]),
        covariance=unstacked(covariance),
        variances=unstacked(found.s),
        hessian=unstacked(found.hessian),
        criterion=unstacked(found.criterion),
        precision=unstacked(precision),
        at_zero=unstacked(found.at_zero),
        converged=unstacked(found.converged),
        X=unstacked(X),
        kernels=kernels,
        spare=spare.count,
    )


def _with(found: Variances, at: Positions, other: Variances) -> Variances:
    """Return `found` with the data sets `at` taken from `other`."""
    columns = {}
    for field in fields(Variances):
        column = getattr(found, field.name).copy()
        column[at] = getattr(other, field.name)
        columns[field.name] = column
    return Variances(**columns)


def _stack(a: Real, lead: tuple[int, ...], core: int) -> Real:
    """Return `a` with its leading axes broadcast to `lead` and flattened into one."""
    shape = a.shape[a.ndim - core :]
    return np.broadcast_to(a, lead + shape).reshape((-1, *shape))
