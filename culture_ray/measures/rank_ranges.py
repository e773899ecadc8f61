"""Ranks with the range that the data leave open (Mogstad, Romano, Shaikh & Wilhelm 2024)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.resampling.simultaneous import simultaneous_level
from culture_ray.measures.resampling.spread import error_scores, t_half_width
from culture_ray.measures.result import FloatArray, IntArray

_MOST_PAIRS = 500
"""Pairs up to which their covariance is used; beyond, Bonferroni, which is faster and wider."""


@dataclass(frozen=True, eq=False)
class RankRanges:
    """Ranks of C figures, 1 for the largest, and their 95 % ranges; 0 for a figure without one."""

    rank: IntArray
    low: IntArray
    """Best rank that the data leave open; 0 without intervals."""
    high: IntArray
    """Worst rank that the data leave open; 0 without intervals."""


def rank_ranges(values: FloatArray, rounds: FloatArray, topics: int) -> RankRanges:
    """Return ranks and ranges that hold for all figures at once.

    `values` is (C,), NaN where undefined, `rounds` (B, C) the same in joint draws of `topics`
    topics. A rank is ruled out by figures that are clearly above or below, by paired differences
    with simultaneous 95 % intervals.
    """
    known = np.flatnonzero(~np.isnan(values))
    found = RankRanges(*(np.zeros(values.size, np.int64) for _ in range(3)))
    found.rank[known] = 1 + (values[known][:, None] < values[known]).sum(axis=1)
    if known.size == 1:
        found.low[known] = found.high[known] = 1
    if known.size < 2:
        return found
    first, second = np.triu_indices(known.size, 1)
    difference = values[known[first]] - values[known[second]]
    scores = error_scores(
        rounds[:, known[first]] - rounds[:, known[second]], np.full(first.size, topics)
    )
    error = np.sqrt(np.einsum("bc,bc->c", scores, scores))
    if np.isnan(error).any():
        return found
    few = first.size <= _MOST_PAIRS
    level = simultaneous_level(scores) if few else 1 - 0.05 / first.size
    clear = np.abs(difference) > t_half_width(error, topics, level)
    better = np.zeros((known.size, known.size), dtype=bool)
    better[first, second] = clear & (difference > 0)
    better[second, first] = clear & (difference < 0)
    found.low[known] = 1 + better.sum(axis=0)
    found.high[known] = known.size - better.sum(axis=1)
    return found
