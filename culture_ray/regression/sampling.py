"""What is known about the rows' sampling errors, and how much of it enters a fit.

V comes from joint topic draws. Some thirty topics give it some thirty degrees of freedom for as
many rows or more, so single entries are mostly noise, and tests that trust them miss their level.
What models share in a language is averaged over all pairs of models and well known; it moves
levels, not comparisons between models. `shared` lets only that part in and leaves what is a row's
own to the residual, which is estimated.

V is kept as a root, k x n with V = root' root, because n x n is too much where rows are many.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable
from culture_ray.regression.arrays import Real

Sampling = Literal["shared", "known"]


def root_of_covariance(V: Real, n: int) -> Real:
    """Return a root of V, n x n.

    Raises:
        BadTable: V is no covariance of n rows; with what is wrong.
    """
    if V.shape != (n, n):
        raise BadTable(f"V is {' x '.join(map(str, V.shape))} for {n} rows: give n x n")
    if not np.isfinite(V).all() or not np.allclose(V, V.T):
        raise BadTable("V holds undefined values or is not symmetric: give a covariance matrix")
    values, vectors = np.linalg.eigh((V + V.T) / 2)
    if values[0] < -1e-8 * np.abs(V).max():
        raise BadTable(f"V has the eigenvalue {values[0]:.3g}: give a positive semidefinite matrix")
    return np.asarray(np.sqrt(np.maximum(values, 0))[:, None] * vectors.T)


def root_of_draws(draws: Real, n: int) -> Real:
    """Return a root of the covariance of `draws`, rounds x n, the same topic draw in each round.

    Rounds in which a row is undefined say nothing about it; the others are weighted up.

    Raises:
        BadTable: the draws do not fit the rows, or a row is undefined in half of them.
    """
    if draws.ndim != 2 or draws.shape[1] != n or len(draws) < 2:
        raise BadTable(f"draws are {' x '.join(map(str, draws.shape))}: give rounds x {n} rows")
    defined = np.isfinite(draws)
    counts = defined.sum(axis=0)
    if (few := counts <= len(draws) / 2).any():
        raise BadTable(
            f"row {np.flatnonzero(few)[0]} is undefined in {len(draws) - counts.min()} of "
            f"{len(draws)} topic draws: leave it out"
        )
    mean = np.where(defined, draws, 0).sum(axis=0) / counts
    return np.asarray(np.where(defined, draws - mean, 0) / np.sqrt(counts - 1))


def shared_between_models(root: Real, rows: pd.DataFrame) -> Real:
    """Return F, n x languages, so that F F' is the part of V that different models share.

    Its entry for two rows is the mean of V over all pairs of different models in these two
    languages (over all pairs, where a language has one model only), made positive semidefinite.
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


def _gram(a: Real) -> Real:
    return a.T @ a
