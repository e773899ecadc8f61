"""REML fit of y = Xb + sum_k Z_k u_k + e + m, u_k and e independent normal, m ~ N(0, V), V known.

With V = 0 it is lme4's `lmer` with random intercepts; without e it is metafor's `rma.mv`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from culture_ray.measures.result import BoolArray, FloatArray, IntArray
from culture_ray.regression.reml.projected import SpareDimensions
from culture_ray.regression.reml.variances import Variances, search

T = TypeVar("T", bound=np.generic)
NO_SPARE = SpareDimensions()


@dataclass(frozen=True)
class Fit:
    """Fitted model, or many of them along the leading axes (...)."""

    estimates: FloatArray
    """... x p coefficients b."""

    covariance: FloatArray
    """... x p x p covariance of b if Omega were known, (X' Omega^-1 X)^-1."""

    variances: FloatArray
    """... x K: the variance of each factor's intercepts, then of e if there is a residual."""

    hessian: FloatArray
    """... x K x K second derivatives of the criterion with respect to the variances."""

    criterion: FloatArray
    """... REML criterion: -2 log restricted likelihood, with the constant of lme4."""

    precision: FloatArray
    """... x n x n inverse of Omega = sum_k s_k G_k + V."""

    at_zero: BoolArray
    """... x K: variances estimated at zero (a singular fit)."""

    converged: BoolArray
    """...: True where the optimum was verified."""

    X: FloatArray
    """... x n x p, the fixed part."""

    kernels: FloatArray
    """K x n x n, the G_k; the last is the identity if there is a residual."""

    spare: int = 0
    """Dimensions beyond these n that contain only e."""


def fit(
    y: FloatArray,
    X: FloatArray,
    kernels: FloatArray,
    V: FloatArray | None = None,
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
        spare: dimensions of the data, beyond these n, that contain only e (see `compress.py`).
        residual: include e. Without it V must be positive definite.
        bounded: constrain the variances of random intercepts to zero or above, as lme4 does.
            Otherwise they may be negative (see `variances.py`), and data sets without a verified
            optimum are fitted again with the constraint.

    Raises:
        ValueError: without e, V is missing, `bounded` is False or there are spare dimensions.
    """
    n = y.shape[-1]
    if residual:
        kernels = np.concatenate([kernels, np.eye(n)[None]])
    elif V is None or not bounded or spare.count:
        raise ValueError("without a residual, give V, bounded=True and no spare dimensions")
    V = np.zeros((n, n)) if V is None else V
    lead = np.broadcast_shapes(y.shape[:-1], X.shape[:-2], V.shape[:-2])
    y, X, V = _stack(y, lead, 1), _stack(X, lead, 2), _stack(V, lead, 2)
    found = search(y, X, kernels, V, spare, residual=residual, bounded=bounded)
    if not bounded and not found.converged.all():
        failed = np.flatnonzero(~found.converged)
        again = search(
            y[failed], X[failed], kernels, V[failed], spare, residual=residual, bounded=True
        )
        found = _replaced(found, failed, again)
    sigma = (found.s @ kernels.reshape(len(kernels), -1)).reshape(V.shape)
    precision = np.asarray(np.linalg.inv(sigma + V), np.float64)
    weighted = X.transpose(0, 2, 1) @ precision
    covariance = np.asarray(np.linalg.inv(weighted @ X), np.float64)

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


def _replaced(variances: Variances, positions: IntArray, replacement: Variances) -> Variances:
    """Return `variances` with the data sets at `positions` taken from `replacement`."""
    columns = {}
    for field in fields(Variances):
        column = getattr(variances, field.name).copy()
        column[positions] = getattr(replacement, field.name)
        columns[field.name] = column
    return Variances(**columns)


def _stack(a: FloatArray, lead: tuple[int, ...], core: int) -> FloatArray:
    """Return `a` with its leading axes broadcast to `lead` and flattened into one."""
    shape = a.shape[a.ndim - core :]
    return np.broadcast_to(a, lead + shape).reshape((-1, *shape))
