"""Data sets without their fixed effects, and their restricted likelihood.

z = K'y with K an orthonormal basis of the complement of X, so z ~ N(0, Sigma) and
Sigma = sum_k s_k K'G_kK + K'VK is linear in the variances s: gradient, Hessian and information are
closed forms (Patterson and Thompson 1971; Searle, Casella and McCulloch 1992, chapter 6).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.regression.arrays import Flags, Positions, Real


@dataclass(frozen=True)
class SpareDimensions:
    """Dimensions in which y holds nothing but residuals e, left out of the matrices."""

    count: int = 0
    squares: float = 0.0
    """Their sum of squares."""


@dataclass(frozen=True)
class Projected:
    """B data sets, each in units of its residual mean square."""

    z: Real
    """B x m, m = n - p."""

    G: Real
    """B x K x m x m."""

    V: Real
    """B x m x m."""

    scale: Real
    """B residual mean squares: multiply s by it to get back."""

    spare: int
    """Dimensions beyond z in which there is only e, the last of the variances."""

    spare_squares: Real
    """B: the sum of squares over them."""

    constant: Real
    """B: what turns the criterion of z into lme4's REML criterion of y."""

    @staticmethod
    def of(y: Real, X: Real, kernels: Real, V: Real, spare: SpareDimensions) -> Projected:
        """Return B data sets without their fixed effects.

        Args:
            y: B x n.
            X: B x n x p of full column rank.
            kernels: K x n x n.
            V: B x n x n.
            spare: what the data sets have beyond these n dimensions.
        """
        n, p = X.shape[1:]
        Q, R = np.linalg.qr(X, mode="complete")
        K = Q[:, :, p:]
        Kt = K.transpose(0, 2, 1)
        z = (Kt @ y[..., None])[..., 0]
        size = n - p + spare.count
        scale = np.maximum(((z**2).sum(-1) + spare.squares) / size, np.finfo(float).tiny)
        log_xx = 2 * np.log(np.abs(np.diagonal(R[:, :p], axis1=1, axis2=2))).sum(-1)
        return Projected(
            z=z / np.sqrt(scale)[:, None],
            G=Kt[:, None] @ kernels @ K[:, None],
            V=(Kt @ V @ K) / scale[:, None, None],
            scale=scale,
            spare=spare.count,
            spare_squares=spare.squares / scale,
            constant=log_xx + size * np.log(2 * np.pi * scale),
        )

    def take(self, some: Positions) -> Projected:
        """Return some of the data sets."""
        if len(some) == len(self.z):
            return self
        return Projected(
            self.z[some],
            self.G[some],
            self.V[some],
            self.scale[some],
            self.spare,
            self.spare_squares[some],
            self.constant[some],
        )

    def criterion(self, s: Real) -> Real:
        """Return -2 log likelihood less its constant, B; infinite where Sigma is singular."""
        factor, regular = _cholesky(self._sigma(s))
        half = np.linalg.solve(factor, self.z[..., None])[..., 0]
        log_det = 2 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(-1)
        value = log_det + (half**2).sum(-1)
        if self.spare:
            value += self.spare * np.log(s[:, -1]) + self.spare_squares / s[:, -1]
        return np.where(regular, value, np.inf)

    def derivatives(self, s: Real) -> tuple[Real, Real, Real]:
        """Return gradient (B x K), Hessian and expected information (B x K x K)."""
        A = np.linalg.inv(self._sigma(s))
        AG = A[:, None] @ self.G
        w = A @ self.z[..., None]
        Gw = (self.G @ w[:, None])[..., 0]
        gradient = np.trace(AG, axis1=-2, axis2=-1) - (Gw @ w)[..., 0]
        flat = AG.reshape(*s.shape, -1)
        expected = flat @ AG.transpose(0, 1, 3, 2).reshape(*s.shape, -1).transpose(0, 2, 1)
        hessian = 2 * Gw @ A @ Gw.transpose(0, 2, 1) - expected
        if self.spare:
            e = s[:, -1]
            gradient[:, -1] += self.spare / e - self.spare_squares / e**2
            hessian[:, -1, -1] += 2 * self.spare_squares / e**3 - self.spare / e**2
            expected[:, -1, -1] += self.spare / e**2
        return gradient, hessian, expected

    def _sigma(self, s: Real) -> Real:
        kernels = self.G.reshape(*s.shape, -1)
        return (s[:, None] @ kernels)[:, 0].reshape(self.V.shape) + self.V


def _cholesky(sigma: Real) -> tuple[Real, Flags]:
    """Return Cholesky factors and where they exist; the identity stands where they do not."""
    try:
        return np.linalg.cholesky(sigma), np.ones(len(sigma), np.bool_)
    except np.linalg.LinAlgError:
        smallest = np.linalg.eigvalsh(sigma)[:, 0]
        regular: Flags = smallest > 1e-13 * np.abs(sigma).max(axis=(1, 2))
        safe = np.where(regular[:, None, None], sigma, np.eye(sigma.shape[1]))
        return np.linalg.cholesky(safe), regular
