"""Figures of how close a model's answers are to a population's, over topics, with their rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from culture_ray.measures.answer_distances import DISTANCES, Distance, farthest, moments
from culture_ray.measures.result import FloatArray, require

FIGURES = (*DISTANCES, "mean_difference", "spread_difference", "variance_ratio")


@dataclass(frozen=True, eq=False)
class DistanceFigures:
    """Figures of one cell and population, in the order of FIGURES; NaN where undefined.

    `reference` is (3, F): the floor (the two halves of the population's sample), the distance of
    uniformly distributed answers, and the ceiling (the answers that are farthest).
    """

    estimate: FloatArray
    """(F,)"""
    rounds: FloatArray
    """(B, F)"""
    reference: FloatArray


def distance_figures(
    model: Sequence[FloatArray],
    population: Sequence[FloatArray],
    halves: Sequence[FloatArray],
    draws: FloatArray,
) -> DistanceFigures:
    """Return the figures over T topics and those of B rounds.

    `model`, `population` and `halves` hold, for each topic, shares (K,), (K,) and (2, K) that add
    up to 1; halves may be NaN. `draws` (B, T) is the number of times that each topic is drawn. The
    figures are means over topics; the variance ratio is the ratio of the mean variances.
    """
    topics = len(model)
    require(topics == len(population) == len(halves), f"{topics} topics of the model alone")
    require(draws.ndim == 2 and draws.shape[1] == topics, f"draws {draws.shape}, {topics} topics")
    once = np.ones((1, topics))
    per_topic = np.array([_of_topic(p, q) for p, q in zip(model, population, strict=True)])
    per_topic = per_topic.reshape(topics, len(_PER_TOPIC))
    pairs = list(zip(population, halves, strict=True))
    floor = [[_between(d, h) for _, h in pairs] for d in DISTANCES.values()]
    uniform = [[d(np.full(len(q), 1 / len(q)), q) for q, _ in pairs] for d in DISTANCES.values()]
    ceiling = [[farthest(name, q) for q, _ in pairs] for name in DISTANCES]
    reference = np.full((3, len(FIGURES)), np.nan)
    for row, values in enumerate((floor, uniform, ceiling)):
        reference[row, : len(DISTANCES)] = _mean(np.array(values).reshape(len(DISTANCES), topics))
    return DistanceFigures(
        estimate=_figures(per_topic, once)[0],
        rounds=_figures(per_topic, draws),
        reference=reference,
    )


_PER_TOPIC = (*DISTANCES, "mean_difference", "spread_difference", "var_p", "var_q")


def _of_topic(p: FloatArray, q: FloatArray) -> list[float]:
    (mean_p, var_p), (mean_q, var_q) = moments(p), moments(q)
    return [
        *(distance(p, q) for distance in DISTANCES.values()),
        mean_p - mean_q,
        float(np.sqrt(var_p) - np.sqrt(var_q)),
        var_p,
        var_q,
    ]


def _between(distance: Distance, halves: FloatArray) -> float:
    return np.nan if np.isnan(halves).any() else float(distance(halves[0], halves[1]))


def _mean(values: FloatArray) -> FloatArray:
    """Return the means (F,) over topics; NaN if one is, as a mean over fewer is not comparable."""
    if values.shape[1] == 0:
        return np.full(len(values), np.nan)
    return np.asarray(values.mean(axis=1))


def _figures(per_topic: FloatArray, draws: FloatArray) -> FloatArray:
    """Return the figures (B, F) of weighted topics."""
    total = draws.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = draws @ per_topic / total
        ratio = means[:, -2] / means[:, -1]
    return np.column_stack([means[:, :-2], np.where(np.isfinite(ratio), ratio, np.nan)])
