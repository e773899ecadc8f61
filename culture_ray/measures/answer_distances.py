"""Distances between a model's and a population's distribution of answers to each topic.

The answers of a topic lie at equal distances on its scale, from 0 at the low end to 1 at the high
one, so that scales of different length can be compared. Distributions may be stacked: functions of
two take arrays (..., K) that broadcast, and return figures (...).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from culture_ray.measures.result import FloatArray, require

Distance = Callable[[FloatArray, FloatArray], Any]
"""Function of two arrays of distributions to figures, NumPy numbers for single distributions."""


def positions(answers: int) -> FloatArray:
    """Return the places of the answers on the scale, 0..1; (K,)."""
    require(answers >= 2, f"a scale of {answers} answers")
    return np.linspace(0.0, 1.0, answers)


def wasserstein(p: FloatArray, q: FloatArray) -> Any:
    """Return the Wasserstein distance of order 1 between two distributions, 0..1.

    It is the mean way by which answers have to move on the scale: the sum of |F_p - F_q| over the
    gaps between neighbouring answers, times their width.
    """
    gaps = np.abs(np.cumsum(p - q, axis=-1)[..., :-1])
    return gaps.sum(axis=-1) / gaps.shape[-1]


def jensen_shannon(p: FloatArray, q: FloatArray) -> Any:
    """Return the Jensen-Shannon distance, the root of the divergence in bits, 0..1."""
    middle = (p + q) / 2
    divergence = (_entropy_terms(p, middle) + _entropy_terms(q, middle)) / 2
    return np.sqrt(np.maximum(divergence, 0.0))


def _entropy_terms(p: FloatArray, middle: FloatArray) -> Any:
    there = p > 0
    ratio = np.divide(p, middle, out=np.ones_like(middle), where=there)
    return (np.where(there, p, 0.0) * np.log2(ratio)).sum(axis=-1)


def total_variation(p: FloatArray, q: FloatArray) -> Any:
    """Return the total variation distance, half the sum of |p - q|, 0..1."""
    return np.abs(p - q).sum(axis=-1) / 2


def mean_difference(p: FloatArray, q: FloatArray) -> Any:
    """Return the first mean on the scale less the second one, -1..1."""
    return (p - q) @ positions(p.shape[-1])


def mean_similarity(p: FloatArray, q: FloatArray) -> Any:
    """Return 1 - the absolute difference between the two means on the scale, 0..1."""
    return 1.0 - np.abs(mean_difference(p, q))


DISTANCES: Mapping[str, Distance] = {
    "wasserstein": wasserstein,
    "jensen_shannon": jensen_shannon,
    "total_variation": total_variation,
    "mean_similarity": mean_similarity,
}
"""By name; a similarity is large where a distance is small."""

SIMILARITIES = frozenset({"mean_similarity"})


def farthest(name: str, q: FloatArray) -> float:
    """Return the value of a measure for the answers that are farthest from `q`.

    Every measure is convex in the model's distribution (or its negative is), so the farthest one
    gives a single answer all the weight.
    """
    values = [float(DISTANCES[name](vertex, q)) for vertex in np.eye(len(q))]
    return min(values) if name in SIMILARITIES else max(values)


def moments(p: FloatArray) -> tuple[float, float]:
    """Return mean and variance of a distribution (K,) on the scale 0..1."""
    x = positions(len(p))
    mean = float(p @ x)
    return mean, float(p @ (x - mean) ** 2)
