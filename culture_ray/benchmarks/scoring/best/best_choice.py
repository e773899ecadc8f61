"""Gain from choosing the best language (or model) per group, cross-fitted.

Choosing and measuring on the same answers finds a gain where there is none: of several languages
that are equally good, one is ahead by chance. Here the choice for an item is made on the items of
other clusters, and averaged over several divisions into halves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.resampling.streams import stream
from culture_ray.measures.result import FloatArray, IntArray, require

DIVISIONS = 20
"""Divisions of the clusters into halves over which a gain is averaged."""


@dataclass(frozen=True, eq=False)
class ChoiceGain:
    """Gain of the chosen column over the mean of all columns, per item; NaN without scores."""

    cross_fitted: FloatArray
    """Gain with the choice made on other clusters; (rows,)."""
    in_sample: FloatArray
    """Gain with the choice made on the same items, as published studies have it; (rows,)."""
    chosen: IntArray
    """Best column of each group over all items, -1 without scores; (groups,)."""


def choice_gain(
    scores: FloatArray, group: IntArray, cluster: IntArray, seed: int, divisions: int = DIVISIONS
) -> ChoiceGain:
    """Return the gain from choosing a column per group; `scores` is (rows, columns), NaN missing.

    `group` and `cluster` are (rows,), indices from 0. The gain of a row is its score in the chosen
    column minus the mean of its scores. Ties share the choice evenly. Rows of one cluster are on
    the same side of every division.
    """
    require(scores.ndim == 2 and len(scores) == len(group) == len(cluster), "rows do not match")
    groups, clusters = int(group.max(initial=-1)) + 1, int(cluster.max(initial=-1)) + 1
    everywhere = _preference(_means(scores, group, groups))
    gains = np.zeros(len(scores))
    used = np.zeros(len(scores))
    for division in range(divisions):
        order = stream(seed, "halves of clusters", division).permutation(clusters)
        half = np.zeros(clusters, np.int64)
        half[order[: clusters // 2]] = 1
        side = half[cluster]
        for own in (0, 1):
            other = np.where((side != own)[:, None], scores, np.nan)
            preference = _preference(_means(other, group, groups))[group]
            gain = np.where(side == own, _gain(scores, preference), np.nan)
            known = ~np.isnan(gain)
            gains[known] += gain[known]
            used[known] += 1
    chosen = np.where(everywhere.any(axis=1), everywhere.argmax(axis=1), -1)
    fitted = gains / np.where(used > 0, used, np.nan)
    return ChoiceGain(fitted, _gain(scores, everywhere[group]), chosen)


def _means(scores: FloatArray, group: IntArray, groups: int) -> FloatArray:
    """Return the mean of each column in each group, NaN without scores; (groups, columns)."""
    known = ~np.isnan(scores)
    total, count = np.zeros((2, groups, scores.shape[1]))
    np.add.at(total, group, np.where(known, scores, 0.0))
    np.add.at(count, group, known)
    return np.asarray(total / np.where(count > 0, count, np.nan))


def _preference(means: FloatArray) -> FloatArray:
    """Return weights of the best columns of each group, 1 in all; 0 for a group without scores."""
    known = ~np.isnan(means)
    best = np.where(known, means, -np.inf).max(axis=1, keepdims=True, initial=-np.inf)
    top = known & (np.where(known, means, -np.inf) >= best - 1e-12)
    return np.asarray(top / np.maximum(top.sum(axis=1, keepdims=True), 1))


def _gain(scores: FloatArray, preference: FloatArray) -> FloatArray:
    """Return the preferred scores minus the row's mean; NaN where a preferred score is missing."""
    known = ~np.isnan(scores)
    missing = ((preference > 0) & ~known).any(axis=1) | (preference.sum(axis=1) == 0)
    row_mean = np.where(known, scores, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    preferred = np.where(known, scores * preference, 0).sum(axis=1)
    return np.where(missing, np.nan, preferred - row_mean)
