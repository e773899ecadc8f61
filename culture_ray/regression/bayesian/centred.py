"""Columns of a design with covariates centred at their means, and the way back.

Far from their means, covariates and intercepts determine each other, which slows a sampler down,
and a prior of an intercept would be one of a model without any capability. Where the columns
contain intercepts, other columns are therefore centred. The fit is the same: with c the weights
with which intercepts add up to 1 and m the means of the other columns, the intercepts of the
original columns are those of the centred ones less c (m'b).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.result import FloatArray


@dataclass(frozen=True, eq=False)
class CentredColumns:
    """Columns of a design of p terms, centred where it has intercepts."""

    X: FloatArray
    """n x p."""

    constant: FloatArray
    """c: p weights with which the columns add up to 1 in every row; 0 where they cannot."""

    means: FloatArray
    """m: p means that were taken off, 0 for columns left as they were."""

    def original(self, coefficients: FloatArray) -> FloatArray:
        """Return coefficients of the original columns from those of the centred ones; (..., p)."""
        return coefficients - (coefficients @ self.means)[..., None] * self.constant


def centred(X: FloatArray) -> CentredColumns:
    """Return the columns of X, n x p, centred unless they are levels or there is no intercept.

    Levels are columns of zeros and ones, such as those of languages.
    """
    levels = np.isin(X, (0.0, 1.0)).all(axis=0)
    constant = np.zeros(X.shape[1])
    if levels.any():
        constant[levels] = np.linalg.lstsq(X[:, levels], np.ones(len(X)), rcond=None)[0]
    if not np.allclose(X @ constant, 1.0):
        return CentredColumns(X, np.zeros(X.shape[1]), np.zeros(X.shape[1]))
    means = np.where(levels, 0.0, X.mean(axis=0))
    return CentredColumns(X - means, constant, means)
