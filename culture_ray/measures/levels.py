"""Levels: how far topic means lie from people's averages, and how much they spread with them.

A rank correlation sees neither: a model that answers 45 % to 55 % in the order of the people is
perfectly aligned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.cells import Cell
from culture_ray.measures.result import FloatArray, require

POINTS = 100.0
"""Points per unit of value polarity."""

_CONSTANT = 1e-12


@dataclass(frozen=True, eq=False)
class Levels:
    """Gap and slope of C cells, as observed or in B draws of topics; NaN where undefined."""

    gap: FloatArray
    """Mean absolute difference between a cell's topic means and people's averages, in points."""
    slope: FloatArray
    """Slope of topic means on people's averages; below 1, differences between topics are flatter
    than among people."""


def levels(means: FloatArray, people: FloatArray, draws: FloatArray | None = None) -> Levels:
    """Return gap and slope of each cell over the topics known on both sides.

    `means` and `people` are value polarity (C, T) in 0..1, NaN where unknown. `draws` (B, T) are
    the number of times each topic is drawn; the figures are then (B, C), without it (C,). A gap
    needs one topic; a slope needs two with different averages of people.
    """
    require(means.shape == people.shape, f"means {means.shape}, people {people.shape}")
    weights = np.ones((1, means.shape[1])) if draws is None else draws
    known = ~np.isnan(means) & ~np.isnan(people)
    x, y = np.where(known, people, 0.0), np.where(known, means, 0.0)
    total, sum_x, sum_y, distance, sum_xx, sum_xy = (
        weights @ per_topic.T.astype(np.float64)
        for per_topic in (known, x, y, np.abs(y - x), x * x, x * y)
    )
    count = np.where(total > 0, total, np.nan)
    variance = sum_xx / count - (sum_x / count) ** 2
    covariance = sum_xy / count - sum_x * sum_y / count**2
    slope = covariance / np.where(variance > _CONSTANT, variance, np.nan)
    found = Levels(POINTS * distance / count, slope)
    return found if draws is not None else Levels(found.gap[0], found.slope[0])


def gap_by_chance(cell: Cell, people: FloatArray, people_errors: FloatArray) -> float:
    """Return the gap in points that a cell with people's own averages would have by chance alone.

    The mean of |e| with e normal, of the variance of a topic's mean over its responses plus that of
    the survey, where known. `people` and `people_errors` are (all topics,). NaN if no topic has two
    responses.
    """
    known = ~np.isnan(people[cell.topics])
    survey = np.nan_to_num(people_errors[cell.topics][known]) ** 2
    variance = cell.variance_within_topics / cell.responses_per_topic[known] + survey
    if not known.any():
        return np.nan
    return float(POINTS * np.sqrt(2 * variance / np.pi).mean())
