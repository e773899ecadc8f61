"""What is known about the rows' sampling errors, and how much of it enters a fit.

V comes from joint topic draws. Some thirty topics give it some thirty degrees of freedom for as
many rows or more, so single entries are mostly noise, and a fit that trusts them is off its level
(docs: calibration). What models share in a language is averaged over all pairs of models and well
known; it moves levels, not comparisons between models. `shared` lets only that part in and leaves
what is a row's own to the residual, which is estimated.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable
from culture_ray.regression.arrays import Real

Sampling = Literal["shared", "known"]


def checked(V: Real, n: int) -> Real:
    """Return V if it is a covariance of n rows.

    Raises:
        BadTable: it is not; with what is wrong.
    """
    if V.shape != (n, n):
        raise BadTable(f"V is {' x '.join(map(str, V.shape))} for {n} rows: give n x n")
    if not np.isfinite(V).all() or not np.allclose(V, V.T):
        raise BadTable("V holds undefined values or is not symmetric: give a covariance matrix")
    smallest, size = np.linalg.eigvalsh(V)[0], np.abs(V).max()
    if smallest < -1e-8 * size:
        raise BadTable(f"V has the eigenvalue {smallest:.3g}: give a positive semidefinite matrix")
    return (V + V.T) / 2


def shared_between_models(V: Real, rows: pd.DataFrame) -> Real:
    """Return the part of V that different models share, n x n.

    Its entry for two rows is the mean of V over all pairs of different models in these two
    languages (over all pairs, where a language has one model only), made positive semidefinite.
    """
    languages, language = np.unique(rows["language"].to_numpy(str), return_inverse=True)
    _, model = np.unique(rows["model"].to_numpy(str), return_inverse=True)
    L = np.eye(len(languages))[language]
    apart = (model[:, None] != model[None, :]).astype(float)
    pairs, all_pairs = L.T @ apart @ L, np.outer(L.sum(0), L.sum(0))
    between = np.where(
        pairs > 0, L.T @ (V * apart) @ L / np.maximum(pairs, 1), L.T @ V @ L / all_pairs
    )
    values, vectors = np.linalg.eigh(between)
    return np.asarray(L @ (vectors * np.maximum(values, 0)) @ vectors.T @ L.T)
