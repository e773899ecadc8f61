"""Figures without each topic in turn, and the interval of self-consistency from them."""

from __future__ import annotations

import numpy as np
from scipy import special

from culture_ray.measures.alignment import alignment_rounds
from culture_ray.measures.cells import Cell
from culture_ray.measures.consistency import self_consistency, self_consistency_rounds
from culture_ray.measures.contrasts import contrasted_values
from culture_ray.measures.populations import Populations
from culture_ray.measures.resampling.bootstrap import StudyCell
from culture_ray.measures.resampling.spread import FEWEST_TOPICS
from culture_ray.measures.result import FloatArray, IntArray
from culture_ray.measures.rounds import TopicRounds

_LARGEST = 0.995
"""Largest correlation whose Fisher transform is used."""


def self_consistency_interval(cell: Cell, level: float = 0.95) -> tuple[float, float]:
    """Return the ends of an interval of self-consistency over topics; NaN for too few topics.

    With T topics the estimate is too low by about 1/T of its size, since its own topics define the
    mean from which ranks deviate. The interval is centred at the jackknife's estimate without this
    bias, T r - (T - 1) mean r_(-t), so that it need not be symmetric about the estimate. It is a t
    interval of Fisher's transform with the jackknife's standard error. Few topics carry most of the
    error where answers are skewed: with the kurtosis k of the topics' influences, the variance has
    2 (T - 1) / (k - 1) degrees of freedom, at most T - 1.
    """
    paired = cell.restricted_to(cell.topics[cell.responses_per_topic >= 2])
    T = paired.topics.size
    if T < FEWEST_TOPICS:
        return np.nan, np.nan
    estimate = float(self_consistency(paired).value)
    without = self_consistency_rounds(TopicRounds(paired, 1.0 - np.eye(T))).value
    if not (np.isfinite(estimate) and np.isfinite(without).all()):
        return np.nan, np.nan
    centre, error, df = _jackknife(estimate, without)
    if error == 0:
        return estimate, estimate
    bounded = float(np.clip(centre, -_LARGEST, _LARGEST))
    reach = special.stdtrit(df, (1 + level) / 2) * error / (1 - bounded**2)
    low, high = np.tanh(np.arctanh(bounded) + np.array([-reach, reach]))
    # An estimate beyond its own interval would only be confusing.
    return float(min(low, estimate)), float(max(high, estimate))


def without_each_topic(cell: StudyCell, ground_truth: FloatArray, topics: IntArray) -> FloatArray:
    """Return a cell's contrasts without each of the topics in turn; (topics, K).

    `ground_truth` is (P, T). NaN for a contrast without populations, or that is then undefined.
    """
    contrasts = np.zeros((0, len(ground_truth))) if cell.contrasts is None else cell.contrasts
    needed = np.any(contrasts != 0, axis=0)
    weights = (topics[:, None] != cell.cell.topics).astype(np.float64)
    populations = Populations.over(cell.cell, ground_truth[needed])
    found = alignment_rounds(TopicRounds(cell.cell, weights), populations).value
    values = contrasted_values(found, contrasts[:, needed])
    values[:, ~contrasts.any(axis=1)] = np.nan
    return values


def _jackknife(estimate: float, without: FloatArray) -> tuple[float, float, float]:
    """Return the estimate without its bias, its standard error and the degrees of freedom."""
    T = without.size
    influence = without.mean() - without
    squares = (influence**2).sum()
    if squares == 0:
        return estimate, 0.0, T - 1.0
    kurtosis = T * (influence**4).sum() / squares**2
    df = min(2 * (T - 1) / max(kurtosis - 1, 0.5), T - 1.0)
    centre = T * estimate - (T - 1) * without.mean()
    return float(centre), float(np.sqrt((T - 1) / T * squares)), max(float(df), 1.0)
