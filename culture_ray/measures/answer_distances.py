"""Distances between a model's and a population's distribution of answers to each topic.

The answers of a topic lie at equal distances on its scale, from 0 at the low end to 1 at the high
one, so that scales of different length can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from culture_ray.measures.result import FloatArray, require

Distance = Callable[[FloatArray, FloatArray], float]


def positions(answers: int) -> FloatArray:
    """Return the places of the answers on the scale, 0..1; (K,)."""
    require(answers >= 2, f"a scale of {answers} answers")
    return np.linspace(0.0, 1.0, answers)


def wasserstein(p: FloatArray, q: FloatArray) -> float:
    """Return the Wasserstein distance of order 1 between two distributions (K,), 0..1.

    It is the mean way by which answers have to move on the scale: the sum of |F_p - F_q| over the
    gaps between neighbouring answers, times their width.
    """
    gaps = np.abs(np.cumsum(p - q)[:-1])
    return float(gaps.sum() / (len(p) - 1))


def jensen_shannon(p: FloatArray, q: FloatArray) -> float:
    """Return the Jensen-Shannon distance, the root of the divergence in bits, 0..1."""
    middle = (p + q) / 2
    divergence = (_entropy_terms(p, middle) + _entropy_terms(q, middle)) / 2
    return float(np.sqrt(max(divergence, 0.0)))


def _entropy_terms(p: FloatArray, middle: FloatArray) -> float:
    there = p > 0
    return float((p[there] * np.log2(p[there] / middle[there])).sum())


def total_variation(p: FloatArray, q: FloatArray) -> float:
    """Return the total variation distance, half the sum of |p - q|, 0..1."""
    return float(np.abs(p - q).sum() / 2)


def mean_similarity(p: FloatArray, q: FloatArray) -> float:
    """Return 1 - the absolute difference between the two means on the scale, 0..1."""
    return float(1.0 - abs((p - q) @ positions(len(p))))


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
    values = [DISTANCES[name](vertex, q) for vertex in np.eye(len(q))]
    return min(values) if name in SIMILARITIES else max(values)


def moments(p: FloatArray) -> tuple[float, float]:
    """Return mean and variance of a distribution (K,) on the scale 0..1."""
    x = positions(len(p))
    mean = float(p @ x)
    return mean, float(p @ (x - mean) ** 2)
