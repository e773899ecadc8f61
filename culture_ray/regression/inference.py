"""Standard errors and degrees of freedom of coefficients in small samples.

Satterthwaite's method as in lmerTest, and that of Kenward and Roger (1997) for covariances that are
linear in the variances, as in pbkrtest. For a single coefficient the Kenward-Roger F reduces to a t
with Satterthwaite's df under the expected information, and an adjusted standard error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from culture_ray.measures.result import FloatArray
from culture_ray.regression.reml.fit import Fit

Method = Literal["kenward_roger", "satterthwaite"]


@dataclass(frozen=True)
class CoefficientInference:
    """Standard errors, df, intervals and p values of p coefficients; all (..., p) as in the fit."""

    std_error: FloatArray
    df: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    p_value: FloatArray


@dataclass(frozen=True)
class AddedVariance:
    """Variance of p coefficients beyond that of the fit, estimated apart from it; (..., p)."""

    variance: FloatArray
    df: float
    """Degrees of freedom of the estimate."""


def infer(
    fit: Fit, method: Method, added: AddedVariance | None = None, *, level: float = 0.95
) -> CoefficientInference:
    """Return standard errors, df, t intervals and two-sided p values of all coefficients.

    They are NaN where the rows are too few for a variance or degrees of freedom above 0.
    """
    # Too few rows can give variances and degrees of freedom below 0, which are then undefined.
    with np.errstate(divide="ignore", invalid="ignore"):
        covariance, df = (kenward_roger if method == "kenward_roger" else satterthwaite)(fit)
    variance = np.diagonal(covariance, axis1=-2, axis2=-1)
    possible = (variance > 0) & (df > 0)
    variance, df = np.where(possible, variance, np.nan), np.where(possible, df, np.nan)
    if added is not None:
        total = variance + added.variance
        df = sum_df(variance, df, added.variance, added.df)
        variance = total
    return t_inference(fit.estimates, np.sqrt(variance), df, level=level)


def sum_df(
    one: npt.ArrayLike, df_one: npt.ArrayLike, other: npt.ArrayLike, df_other: npt.ArrayLike
) -> FloatArray:
    """Return Satterthwaite's df of the sum of two independent variance estimates."""
    first, second = np.asarray(one), np.asarray(other)
    with np.errstate(divide="ignore"):
        return np.asarray((first + second) ** 2 / (first**2 / df_one + second**2 / df_other))


def t_inference(
    estimates: FloatArray, std_error: FloatArray, df: FloatArray, *, level: float = 0.95
) -> CoefficientInference:
    """Return t intervals and two-sided p values; p is NaN where estimate and error are both 0."""
    reach = special.stdtrit(df, 0.5 + level / 2) * std_error
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = 2 * special.stdtr(df, -np.abs(estimates) / std_error)
    return CoefficientInference(std_error, df, estimates - reach, estimates + reach, p_value)


def satterthwaite(fit: Fit) -> tuple[FloatArray, FloatArray]:
    """Return the large-sample covariance of b and the df of each coefficient.

    df = 2 v^2 / (g' A g), where v is a coefficient's variance, g its gradient with respect to the
    variance components and A their covariance from the observed information. Components estimated
    at zero are treated as known.
    """
    g = _gradients(fit)[0]
    free = ~fit.at_zero
    both = free[..., :, None] & free[..., None, :]
    A = np.linalg.inv(np.where(both, fit.hessian / 2, np.eye(free.shape[-1])))
    A = np.where(both, A, 0.0)
    return fit.covariance, _df(fit.covariance, g, A)


def kenward_roger(fit: Fit) -> tuple[FloatArray, FloatArray]:
    """Return the Kenward-Roger adjusted covariance of b and the df of each coefficient."""
    g, P, Q = _gradients(fit)
    Phi = fit.covariance[..., None, :, :]
    PG = fit.precision[..., None, :, :] @ fit.kernels
    traces = np.einsum("...kmn,...lnm->...kl", PG, PG)
    PhiP = Phi @ P
    PhiQ = np.einsum("...ij,...klji->...kl", fit.covariance, Q)
    information = traces / 2 - PhiQ + np.einsum("...kij,...lji->...kl", PhiP, PhiP) / 2
    if fit.spare:
        information[..., -1, -1] += fit.spare / (2 * fit.variances[..., -1] ** 2)
    W = np.linalg.inv(information)
    inner = Q - P[..., :, None, :, :] @ Phi[..., None, :, :] @ P[..., None, :, :, :]
    excess = np.einsum("...kl,...klij->...ij", W, inner)
    adjusted = fit.covariance + 2 * fit.covariance @ excess @ fit.covariance
    return adjusted, _df(fit.covariance, g, W)


def _gradients(fit: Fit) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return dv/ds (... x p x K), P_k = -X'O G_k O X and Q_kl = X'O G_k O G_l O X, O = Omega^-1."""
    OX = fit.precision @ fit.X
    GOX = fit.kernels @ OX[..., None, :, :]
    P = -np.swapaxes(OX, -1, -2)[..., None, :, :] @ GOX
    left = np.swapaxes(GOX, -1, -2) @ fit.precision[..., None, :, :]
    Q = left[..., :, None, :, :] @ GOX[..., None, :, :, :]
    Phi = fit.covariance[..., None, :, :]
    slopes = -Phi @ P @ Phi
    return np.swapaxes(np.diagonal(slopes, axis1=-2, axis2=-1), -1, -2), P, Q


def _df(covariance: FloatArray, g: FloatArray, A: FloatArray) -> FloatArray:
    v = np.diagonal(covariance, axis1=-2, axis2=-1)
    spread = np.einsum("...pk,...kl,...pl->...p", g, A, g)
    return np.asarray(2 * v**2 / spread)
