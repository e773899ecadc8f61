"""The same likelihood in fewer dimensions: what n rows say, in as many as there are effects.

Every effect that the model has lives in the span of X, of the random factors and of what models
share of V. Across that span y holds nothing but independent residuals, of which the sum of squares
says all. With Q an orthonormal basis of the span, (Q'y, Q'X, Q'Z_k) and that sum are sufficient:
10,000 rows of 200 models are fitted as some 400.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.regression.arrays import Real
from culture_ray.regression.reml.projected import SpareDimensions


@dataclass(frozen=True)
class Compressed:
    """A data set in r dimensions."""

    y: Real
    """r."""

    X: Real
    """r x p."""

    kernels: Real
    """K x r x r."""

    V: Real | None
    """r x r, what is known of the sampling covariance."""

    spare: SpareDimensions
    basis: Real
    """n x r, orthonormal: rows from dimensions."""


def compress(y: Real, X: Real, levels: list[Real], shared: Real | None) -> Compressed:
    """Return a data set in the dimensions that its effects span.

    Args:
        y: n.
        X: n x p.
        levels: per factor, n x its levels.
        shared: n x k with known covariance shared @ shared.T, or None.
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


def uncompressed(y: Real, X: Real, levels: list[Real], V: Real) -> Compressed:
    """Return a data set in its own dimensions, for a V that spans them all."""
    n = len(y)
    kernels = np.array([Z @ Z.T for Z in levels]).reshape(-1, n, n)
    return Compressed(y, X, kernels, V, SpareDimensions(), np.eye(n))


def _basis(columns: Real) -> Real:
    """Return an orthonormal basis of a span, n x its rank."""
    U, sizes, _ = np.linalg.svd(columns / np.linalg.norm(columns, axis=0).clip(1e-300), False)
    return np.asarray(U[:, sizes > 1e-10 * sizes[0]])
