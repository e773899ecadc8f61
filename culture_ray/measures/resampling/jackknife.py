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
from culture_ray.measures.result import FloatArray, IntArray
from culture_ray.measures.rounds import TopicRounds

FEWEST_FOR_CONSISTENCY = 16
"""Fewest topics with two responses of a self-consistency with an interval. A few topics, those with
the rarest answers, carry most of its error where answers are skewed; fewer than 16 do not show how
large that error is, and intervals that should cover 95 % cover as little as 88 % with 8 or 12
topics (tests/calibration)."""

_LARGEST = 0.995
"""Largest correlation that is transformed; the transform of 1 is infinite."""

_FARTHEST = 300.0
"""Largest end of an interval of a transform, far beyond any; its exponential is finite."""


def topics_for_consistency(cell: Cell) -> int:
    """Return the number of topics behind the interval of self-consistency: with two responses."""
    return int((cell.responses_per_topic >= 2).sum())


def self_consistency_interval(cell: Cell, level: float = 0.95) -> tuple[float, float]:
    """Return the ends of an interval of self-consistency over topics; NaN for too few topics.

    Self-consistency is an intraclass correlation, whose error is skewed and grows with it where it
    is low. Its transform z = log((1 + (m - 1) r) / (1 - r)) / 2 with m responses to a topic
    (Fisher 1925, section 39) is nearly normal with an even error. With T topics, r is also too low
    by about 1/T of its size, since its own topics define the mean from which ranks deviate. So z is
    centred at the jackknife's estimate without this bias, T z - (T - 1) mean z_(-t), with the
    jackknife's standard error, and its t interval is transformed back. Few topics carry most of the
    error where answers are skewed: with the kurtosis k of the topics' influences (k - 3 unbiased,
    as few topics understate it), the variance has 2 (T - 1) / (k - 1) degrees of freedom, at most
    T - 1.
    """
    paired = cell.restricted_to(cell.topics[cell.responses_per_topic >= 2])
    T = paired.topics.size
    if T < FEWEST_FOR_CONSISTENCY:
        return np.nan, np.nan
    estimate = float(self_consistency(paired).value)
    without = self_consistency_rounds(TopicRounds(paired, 1.0 - np.eye(T))).value
    if not (np.isfinite(estimate) and np.isfinite(without).all()):
        return np.nan, np.nan
    if (without == estimate).all():
        return estimate, estimate
    size = paired.responses_per_topic
    partners = float((size * (size - 1)).sum() / size.sum())
    z = _transformed(np.array([estimate, *without]), partners)
    centre, error, df = _jackknife(float(z[0]), z[1:])
    reach = special.stdtrit(df, (1 + level) / 2) * error
    low, high = _correlations(np.array([centre - reach, centre + reach]), partners)
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


def _transformed(r: FloatArray, partners: float) -> FloatArray:
    """Return Fisher's transform of intraclass correlations; `partners` is m - 1.

    A correlation at an end of its range, -1 / partners to 1, counts as one within it.
    """
    within = np.clip(r, -_LARGEST / partners, _LARGEST)
    return np.asarray(np.log((1 + partners * within) / (1 - within)) / 2)


def _correlations(z: FloatArray, partners: float) -> FloatArray:
    """Return the intraclass correlations of transforms, the inverse of `_transformed`."""
    ratio = np.exp(2 * np.clip(z, -_FARTHEST, _FARTHEST))
    return np.asarray((ratio - 1) / (ratio + partners))


def _jackknife(estimate: float, without: FloatArray) -> tuple[float, float, float]:
    """Return the estimate without its bias, its standard error and the degrees of freedom."""
    T = without.size
    influence = without.mean() - without
    squares = (influence**2).sum()
    if squares == 0:
        return estimate, 0.0, T - 1.0
    excess = T * (influence**4).sum() / squares**2 - 3
    unbiased = (T - 1) / ((T - 2) * (T - 3)) * ((T + 1) * excess + 6)
    df = min(2 * (T - 1) / max(unbiased + 2, 0.5), T - 1.0)
    centre = T * estimate - (T - 1) * without.mean()
    return float(centre), float(np.sqrt((T - 1) / T * squares)), max(float(df), 1.0)
