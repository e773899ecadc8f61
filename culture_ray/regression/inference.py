"""Standard errors and degrees of freedom of coefficients in small samples.

Satterthwaite as in lmerTest; Kenward and Roger (1997), for covariances linear in the variances, as
in pbkrtest. For a single coefficient Kenward-Roger's F reduces to t with Satterthwaite's df under
the expected information and an adjusted standard error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from culture_ray.regression.arrays import Real
from culture_ray.regression.reml.fit import Fit

Method = Literal["kenward_roger", "satterthwaite"]


@dataclass(frozen=True)
class CoefficientInference:
    """How well p coefficients are known; leading axes (...) as in the fit."""

    std_error: Real
    df: Real
    ci_low: Real
    ci_high: Real
    p_value: Real


def infer(fit: Fit, method: Method, *, level: float = 0.95) -> CoefficientInference:
    """Return standard errors, df, t intervals and two-sided p values of every coefficient."""
    covariance, df = (kenward_roger if method == "kenward_roger" else satterthwaite)(fit)
    return t_inference(fit.estimates, _diagonal_root(covariance), df, level=level)


def t_inference(
    estimates: Real, std_error: Real, df: Real, *, level: float = 0.95
) -> CoefficientInference:
    """Return t intervals and two-sided p values; NaN for an estimate of 0 without error."""
    reach = special.stdtrit(df, 0.5 + level / 2) * std_error
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = 2 * special.stdtr(df, -np.abs(estimates) / std_error)
    return CoefficientInference(std_error, df, estimates - reach, estimates + reach, p_value)


def satterthwaite(fit: Fit) -> tuple[Real, Real]:
    """Return the large-sample covariance of b and each coefficient's df.

    df = 2 v^2 / (g' A g) with v a coefficient's variance, g its gradient by the variances and A
    the covariance of the variances from the observed information. Variances at zero count as
    known.
    """
    g = _gradients(fit)[0]
    free = ~fit.at_zero
    both = free[..., :, None] & free[..., None, :]
    A = np.linalg.inv(np.where(both, fit.hessian / 2, np.eye(free.shape[-1])))
    A = np.where(both, A, 0.0)
    return fit.covariance, _df(fit.covariance, g, A)


def kenward_roger(fit: Fit) -> tuple[Real, Real]:
    """Return Kenward and Roger's adjusted covariance of b and each coefficient's df."""
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


def _gradients(fit: Fit) -> tuple[Real, Real, Real]:
    """Return dv/ds (... x p x K), P_k = -X'O G_k O X and Q_kl = X'O G_k O G_l O X, O = Omega^-1."""
    OX = fit.precision @ fit.X
    GOX = fit.kernels @ OX[..., None, :, :]
    P = -np.swapaxes(OX, -1, -2)[..., None, :, :] @ GOX
    left = np.swapaxes(GOX, -1, -2) @ fit.precision[..., None, :, :]
    Q = left[..., :, None, :, :] @ GOX[..., None, :, :, :]
    Phi = fit.covariance[..., None, :, :]
    slopes = -Phi @ P @ Phi
    return np.swapaxes(np.diagonal(slopes, axis1=-2, axis2=-1), -1, -2), P, Q


def _df(covariance: Real, g: Real, A: Real) -> Real:
    v = np.diagonal(covariance, axis1=-2, axis2=-1)
    spread = np.einsum("...pk,...kl,...pl->...p", g, A, g)
    return np.asarray(2 * v**2 / spread)


def _diagonal_root(covariance: Real) -> Real:
    return np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
