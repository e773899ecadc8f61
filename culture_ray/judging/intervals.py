"""Chance-corrected agreement from tables of counts, with jackknife intervals over responses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
FEWEST = 5
"""Fewest responses for an interval from their spread."""


@dataclass(frozen=True)
class Interval:
    """Estimate with the ends of its confidence interval."""

    estimate: float
    low: float
    high: float


def kappas(tables: FloatArray) -> FloatArray:
    """Return Cohen's kappa of each (..., C, C) table of counts; NaN where p_e is 1 or no count.

    kappa = (p_o - p_e) / (1 - p_e), where p_o is the observed agreement and p_e that expected from
    the product of the margins (Cohen 1960).
    """
    total = tables.sum(axis=(-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = np.trace(tables, axis1=-2, axis2=-1) / total
        expected = (tables.sum(axis=-2) * tables.sum(axis=-1)).sum(axis=-1) / total**2
        return np.where(expected < 1, (observed - expected) / (1 - expected), np.nan)


def alphas(tables: FloatArray) -> FloatArray:
    """Return Krippendorff's nominal alpha of each (..., C, C) table of coincidences.

    alpha = 1 - (n - 1) sum_{c != k} o_ck / sum_{c != k} n_c n_k, with coincidences o and their
    margins n_c (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability). NaN if all ratings
    are equal or there are none.
    """
    margins = tables.sum(axis=-1)
    total = margins.sum(axis=-1)
    unlike = total - np.trace(tables, axis1=-2, axis2=-1)
    expected = total**2 - (margins**2).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 1e-9, 1 - (total - 1) * unlike / expected, np.nan)


def coincidences(units: Iterable[Sequence[int]], categories: int) -> FloatArray:
    """Return the coincidences (C, C) of units that several raters have put into categories.

    A unit is the category of each of its m ratings. Each ordered pair of them counts 1 / (m - 1); a
    unit with a single rating has no pair. Source: Krippendorff 2011.
    """
    table = np.zeros((categories, categories))
    for unit in units:
        for first, second in permutations(unit, 2):
            table[first, second] += 1 / (len(unit) - 1)
    return table


def jackknife(
    tables: FloatArray, statistic: Callable[[FloatArray], FloatArray], level: float = 0.95
) -> Interval | None:
    """Return a statistic of the sum of `tables` (R, C, C) with its jackknife t interval over R.

    None if the statistic is undefined. The interval is -1 to 1 for fewer than FEWEST tables, or if
    leaving out one of them makes the statistic undefined. Source: Efron & Tibshirani 1993, An
    Introduction to the Bootstrap, chapter 11.
    """
    if not len(tables):
        return None
    total = tables.sum(axis=0)
    estimate = float(statistic(total[np.newaxis])[0])
    if np.isnan(estimate):
        return None
    without = statistic(total - tables)
    if len(tables) < FEWEST or np.isnan(without).any():
        return Interval(estimate, -1.0, 1.0)
    from scipy import special  # a fifth of a second, which most commands need not wait for

    size = len(tables)
    error = np.sqrt((size - 1) / size * ((without - without.mean()) ** 2).sum())
    reach = float(special.stdtrit(size - 1, (1 + level) / 2) * error)
    return Interval(estimate, max(-1.0, estimate - reach), min(1.0, estimate + reach))
