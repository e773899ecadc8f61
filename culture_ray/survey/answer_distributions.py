"""Distributions of a population's answers over the scale of a topic, and their tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from culture_ray.survey.ground_truth import Population
from culture_ray.tables import ANSWER_MEANS, ANSWER_SHARES

Figures = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AnswerDistribution:
    """Distribution of the answers of P populations over the K answers of a topic's scale.

    `share` and `std_error` are (P, K), shares 0..1; `n` (P, K) counts respondents. `halves`
    (2, P, K) are the shares in two random halves of each population's sample. `mean` and `spread`
    (P,), the standard deviation, are in scale points. NaN where a figure is missing.
    """

    topic: str
    answers: tuple[int, ...]
    share: Figures
    std_error: Figures
    n: Figures
    halves: Figures
    mean: Figures
    mean_error: Figures
    spread: Figures
    spread_error: Figures


def answer_shares_table(
    populations: Sequence[Population], distributions: Sequence[AnswerDistribution]
) -> pa.Table:
    """Return the shares as a table of the ANSWER_SHARES schema, without unanswered topics."""
    rows = [
        _key(population, each)
        | {
            "answer": answer,
            "share": each.share[row, k],
            "std_error": _figure(each.std_error[row, k]),
            "n": _count(each.n[row, k]),
            "half_a": _figure(each.halves[0, row, k]),
            "half_b": _figure(each.halves[1, row, k]),
        }
        for row, population in enumerate(populations)
        for each in distributions
        if not np.isnan(each.mean[row])
        for k, answer in enumerate(each.answers)
    ]
    return pa.Table.from_pylist(rows, schema=ANSWER_SHARES)


def answer_means_table(
    populations: Sequence[Population], distributions: Sequence[AnswerDistribution]
) -> pa.Table:
    """Return mean and spread as a table of the ANSWER_MEANS schema, without unanswered topics."""
    rows = [
        _key(population, each)
        | {
            "mean": each.mean[row],
            "std_error": _figure(each.mean_error[row]),
            "spread": each.spread[row],
            "spread_std_error": _figure(each.spread_error[row]),
            "n": _count(each.n[row].sum()),
        }
        for row, population in enumerate(populations)
        for each in distributions
        if not np.isnan(each.mean[row])
    ]
    return pa.Table.from_pylist(rows, schema=ANSWER_MEANS)


def _key(population: Population, distribution: AnswerDistribution) -> dict[str, object]:
    return {
        "population": population.name,
        "kind": population.kind,
        "topic": distribution.topic,
    }


def _figure(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _count(value: float) -> int | None:
    return None if np.isnan(value) else int(value)
