"""Differential item functioning: topics that a language's wordings make unlike the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from culture_ray.measures.resampling.simultaneous import holm
from culture_ray.measures.result import FloatArray, require

_FEWEST_DF = 5
"""Fewest degrees of freedom of the residuals with which one is judged by the others."""


@dataclass(frozen=True, eq=False)
class ItemFunctioning:
    """Residuals of topics in languages, NaN where there is none; (L, T) each."""

    residual: FloatArray
    t: FloatArray
    p_value: FloatArray
    p_holm: FloatArray


def item_functioning(models: FloatArray, speakers: FloatArray) -> ItemFunctioning:
    """Return the residual of every topic in every language, and whether it is one of the others.

    `models` (L, T) is the models' mean value polarity, `speakers` (L, T) that of the language's
    speakers, both NaN where unknown. The difference of the two is a sum of an effect of the
    language and one of the topic; what is left is the residual. It is divided by its standard error
    as estimated without it (externally studentised), has a t distribution with one degree of
    freedom fewer than the residuals if all are normal with one variance, and is adjusted by Holm
    for their number (Bonferroni outlier test; Cook & Weisberg 1982). With two languages a topic has
    the same residual in both, with opposite signs, and counts once. Where all residuals together
    have fewer than 5 degrees of freedom, no p value is given.
    """
    require(models.shape == speakers.shape, f"{models.shape} and {speakers.shape} topics")
    gap = models - speakers
    known = np.isfinite(gap)
    language, topic = np.nonzero(known)
    empty = np.full(gap.shape, np.nan)
    if not known.any():
        return ItemFunctioning(empty, empty.copy(), empty.copy(), empty.copy())
    effects = np.column_stack([np.eye(len(gap))[language], np.eye(gap.shape[1])[topic]])
    left, sizes, _ = np.linalg.svd(effects, full_matrices=False)
    basis = left[:, sizes > 1e-9 * sizes[0]]
    values = gap[known]
    residuals = values - basis @ (basis.T @ values)
    spare = 1.0 - np.einsum("nk,nk->n", basis, basis)
    df = len(values) - basis.shape[1] - 1
    tested = spare > 1e-9
    t, p = np.full((2, len(values)), np.nan)
    if df >= _FEWEST_DF:
        squares = residuals[tested] ** 2 / spare[tested]
        variance = np.maximum((residuals**2).sum() - squares, 0.0) / df
        with np.errstate(divide="ignore", invalid="ignore"):
            t[tested] = residuals[tested] / np.sqrt(variance * spare[tested])
        p[tested] = 2 * special.stdtr(df, -np.abs(t[tested]))
    filled = [empty.copy() for _ in range(4)]
    for table, column in zip(filled, (residuals, t, p), strict=False):
        table[known] = column
    filled[3] = _adjusted(filled[2])
    return ItemFunctioning(*filled)


def _adjusted(p_value: FloatArray) -> FloatArray:
    """Return p values adjusted for the number of different residuals; (L, T)."""
    tested = np.isfinite(p_value)
    if len(p_value) == 2 or tested.any(axis=1).sum() == 2:
        both = np.nanmin(np.where(tested, p_value, np.inf), axis=0)
        once = holm(np.where(np.isfinite(both), both, np.nan))
        return np.where(tested, once[None], np.nan)
    return holm(p_value.ravel()).reshape(p_value.shape)
