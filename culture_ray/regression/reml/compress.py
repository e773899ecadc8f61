"""Compression of n rows to the dimensions of the effects, with the same likelihood.

All effects of the model lie in the span of X, of the random factors and of the shared part of V.
Orthogonal to that span y consists of independent residuals, for which their sum of squares is
sufficient. With Q an orthonormal basis of the span, (Q'y, Q'X, Q'Z_k) and that sum are therefore
sufficient statistics: 10,000 rows of 200 models are fitted as some 400.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.result import FloatArray
from culture_ray.regression.reml.projected import SpareDimensions


@dataclass(frozen=True)
class Compressed:
    """Data set compressed to r dimensions."""

    y: FloatArray
    """r."""

    X: FloatArray
    """r x p."""

    kernels: FloatArray
    """K x r x r."""

    V: FloatArray | None
    """r x r, the known sampling covariance; None if there is none."""

    spare: SpareDimensions
    basis: FloatArray
    """n x r, orthonormal columns: the dimensions in terms of the rows."""


def compress(
    y: FloatArray, X: FloatArray, levels: list[FloatArray], shared: FloatArray | None
) -> Compressed:
    """Return a data set in the dimensions spanned by its effects.

    Args:
        y: n.
        X: n x p.
        levels: indicator matrix of each factor, n x its levels.
        shared: n x k, the known covariance being shared @ shared.T; None if there is none.
    """
    Q = _basis(np.hstack([X, *levels, *([] if shared is None else [shared])]))
    inside = Q.T @ y
    beyond = y - Q @ inside
    kernels = [(Q.T @ Z) @ (Q.T @ Z).T for Z in levels]
    known = None if shared is None else (Q.T @ shared) @ (Q.T @ shared).T
    return Compressed(
        y=inside,
        X=Q.T @ X,
        kernels=np.array(kernels).reshape(-1, Q.shape[1], Q.shape[1]),
        V=known,
        spare=SpareDimensions(len(y) - Q.shape[1], float(beyond @ beyond)),
        basis=Q,
    )


def uncompressed(
    y: FloatArray, X: FloatArray, levels: list[FloatArray], V: FloatArray
) -> Compressed:
    """Return a data set in its n dimensions, for a V of full rank."""
    n = len(y)
    kernels = np.array([Z @ Z.T for Z in levels]).reshape(-1, n, n)
    return Compressed(y, X, kernels, V, SpareDimensions(), np.eye(n))


def _basis(columns: FloatArray) -> FloatArray:
    """Return an orthonormal basis of the span of the columns, n x rank."""
    U, sizes, _ = np.linalg.svd(columns / np.linalg.norm(columns, axis=0).clip(1e-300), False)
    return np.asarray(U[:, sizes > 1e-10 * sizes[0]])
