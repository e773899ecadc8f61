"""Covariance V of the rows' sampling errors, and the part of it that enters a fit.

V is estimated from joint topic draws. With some thirty topics it has about thirty degrees of
freedom for as many rows or more, so single entries are mostly noise and tests that rely on them
miss their nominal level. The part that models share in a language is an average over all pairs of
models and therefore well determined; it affects levels, not comparisons between models. With
`shared` only that part enters the fit. Of the rest, what a row has alone is left to the residual
variance, which is estimated, and what models have in common is added to the variance of each
coefficient afterwards (`topic_error.py`).

V is represented by a root, k x n with V = root' root, as n x n is too large for many rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from culture_ray.errors import BadTable
from culture_ray.measures.resampling.spread import error_scores
from culture_ray.measures.result import FloatArray, IntArray

Sampling = Literal["shared", "known"]

Draws = NDArray[np.floating[Any]]
"""Figures in each joint topic draw, in single or double precision; rounds first."""


@dataclass(frozen=True, eq=False)
class SamplingError:
    """Sampling errors of n rows over topics."""

    root: FloatArray
    """k x n; V = root' root."""

    df: float = np.inf
    """Degrees of freedom of V: topics - 1, infinite for a V that is not an estimate."""

    def of_rows(self, positions: IntArray) -> SamplingError:
        """Return the errors of the rows at these positions."""
        return SamplingError(self.root[:, positions], self.df)


def root_of_covariance(V: FloatArray, n: int) -> FloatArray:
    """Return a root of V, n x n.

    Raises:
        BadTable: V is not a covariance matrix of n rows.
    """
    if V.shape != (n, n):
        raise BadTable(f"V is {' x '.join(map(str, V.shape))} for {n} rows: give n x n")
    if not np.isfinite(V).all() or not np.allclose(V, V.T):
        raise BadTable("V has undefined values or is not symmetric: give a covariance matrix")
    values, vectors = np.linalg.eigh((V + V.T) / 2)
    if values[0] < -1e-8 * np.abs(V).max():
        raise BadTable(f"V has the eigenvalue {values[0]:.3g}: give a positive semidefinite matrix")
    return np.asarray(np.sqrt(np.maximum(values, 0))[:, None] * vectors.T)


def root_of_draws(draws: Draws, n: int) -> FloatArray:
    """Return a root of the covariance of `draws`, rounds x n, one joint topic draw per round.

    The variance of a row is taken over the rounds in which it is defined.

    Raises:
        BadTable: the draws do not fit the rows, or a row is undefined in half of them.
    """
    if draws.ndim != 2 or draws.shape[1] != n or len(draws) < 2:
        raise BadTable(f"draws are {' x '.join(map(str, draws.shape))}: give rounds x {n} rows")
    counts = np.isfinite(draws).sum(axis=0)
    if (few := counts <= len(draws) / 2).any():
        raise BadTable(
            f"row {np.flatnonzero(few)[0]} is undefined in {len(draws) - counts.min()} of "
            f"{len(draws)} topic draws: leave it out"
        )
    return error_scores(draws)


def shared_between_models(root: FloatArray, rows: pd.DataFrame) -> FloatArray:
    """Return F, n x languages, such that F F' is the part of V that different models share.

    The entry of F F' for two rows is the mean of V over all pairs of different models in their two
    languages (over all pairs where a language has only one model), made positive semidefinite.
    """
    languages, language = np.unique(rows["language"].to_numpy(str), return_inverse=True)
    model = rows["model"].to_numpy(str)
    L = np.eye(len(languages))[language]
    sums, pairs = _gram(root @ L), np.outer(L.sum(0), L.sum(0))
    own_sums, own_pairs = np.zeros_like(sums), np.zeros_like(sums)
    for name in np.unique(model):
        at = model == name
        own_sums += _gram(root[:, at] @ L[at])
        own_pairs += np.outer(L[at].sum(0), L[at].sum(0))
    apart = pairs - own_pairs
    between = np.where(apart > 0, (sums - own_sums) / np.maximum(apart, 1), sums / pairs)
    values, vectors = np.linalg.eigh(between)
    return np.asarray(L @ (vectors * np.sqrt(np.maximum(values, 0))))


def _gram(a: FloatArray) -> FloatArray:
    return a.T @ a
