"""Restricted likelihood of data sets projected off their fixed effects.

z = K'y, with K an orthonormal basis of the orthogonal complement of X. Then z ~ N(0, Sigma) with
Sigma = sum_k s_k K'G_kK + K'VK, which is linear in the variances s, so that gradient, Hessian and
information have closed forms (Patterson & Thompson 1971; Searle, Casella & McCulloch 1992,
chapter 6).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.result import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class SpareDimensions:
    """Dimensions in which y contains only residuals e, left out of the matrices."""

    count: int = 0
    squares: float = 0.0
    """Sum of squares of y in these dimensions."""


@dataclass(frozen=True)
class Projected:
    """B projected data sets, each scaled by its residual mean square."""

    z: FloatArray
    """B x m, m = n - p."""

    G: FloatArray
    """B x K x m x m."""

    V: FloatArray
    """B x m x m."""

    scale: FloatArray
    """B residual mean squares; variances s are in units of it."""

    spare: int
    """Dimensions beyond z that contain only e, the last of the variances."""

    spare_squares: FloatArray
    """B sums of squares of y in the spare dimensions."""

    constant: FloatArray
    """B constants to add to the criterion of z for lme4's REML criterion of y."""

    @staticmethod
    def of(
        y: FloatArray, X: FloatArray, kernels: FloatArray, V: FloatArray, spare: SpareDimensions
    ) -> Projected:
        """Return B data sets projected off their fixed effects.

        Args:
            y: B x n.
            X: B x n x p of full column rank.
            kernels: K x n x n.
            V: B x n x n.
            spare: dimensions of the data sets beyond these n.
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

    def take(self, positions: IntArray) -> Projected:
        """Return the data sets at these positions."""
        if len(positions) == len(self.z):
            return self
        return Projected(
            self.z[positions],
            self.G[positions],
            self.V[positions],
            self.scale[positions],
            self.spare,
            self.spare_squares[positions],
            self.constant[positions],
        )

    def criterion(self, s: FloatArray) -> FloatArray:
        """Return -2 log likelihood without its constant, B; infinite where Sigma is singular."""
        factor, regular = _cholesky(self._sigma(s))
        half = np.linalg.solve(factor, self.z[..., None])[..., 0]
        log_det = 2 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(-1)
        value = log_det + (half**2).sum(-1)
        if self.spare:
            value += self.spare * np.log(s[:, -1]) + self.spare_squares / s[:, -1]
        return np.where(regular, value, np.inf)

    def derivatives(self, s: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
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

    def _sigma(self, s: FloatArray) -> FloatArray:
        kernels = self.G.reshape(*s.shape, -1)
        return (s[:, None] @ kernels)[:, 0].reshape(self.V.shape) + self.V


def _cholesky(sigma: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Return Cholesky factors, and True where they exist; the identity where they do not."""
    try:
        return np.asarray(np.linalg.cholesky(sigma), np.float64), np.ones(len(sigma), np.bool_)
    except np.linalg.LinAlgError:
        smallest = np.linalg.eigvalsh(sigma)[:, 0]
        regular: BoolArray = smallest > 1e-13 * np.abs(sigma).max(axis=(1, 2))
        safe = np.where(regular[:, None, None], sigma, np.eye(sigma.shape[1]))
        return np.asarray(np.linalg.cholesky(safe), np.float64), regular
