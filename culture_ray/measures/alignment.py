"""Alignment: how a model's value polarity goes with a population's, over topics."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from culture_ray.measures.cells import Cell
from culture_ray.measures.populations import Populations
from culture_ray.measures.products import row_products
from culture_ray.measures.result import FloatArray, Measured, Reason, measured
from culture_ray.measures.rounds import AlignmentRounds, as_observed

NEGLIGIBLE = 1e-12
"""A mean square of value polarities up to this is rounding."""


class Measure(StrEnum):
    """How agreement is put in a number."""

    SPEARMAN = "spearman"
    PEARSON = "pearson"
    CLOSENESS = "closeness"
    """1 - mean |model - population|: 1 when equal; unlike a correlation it sees the level."""


class Level(StrEnum):
    """What a row of the correlation is."""

    RESPONSES = "responses"
    """Each response beside its topic's ground truth, as in the paper."""
    TOPICS = "topics"
    """Each topic's mean over its responses beside its ground truth."""


def alignment(
    cell: Cell,
    ground_truth: FloatArray,
    measure: Measure = Measure.SPEARMAN,
    level: Level = Level.RESPONSES,
) -> Measured:
    """Alignment of a cell with each of P populations, shape (P,).

    `ground_truth` is (P, topics in the caller's list), value polarity in 0..1, NaN where a
    population has no figure; each population is compared over the topics it has. Spearman uses
    midranks. Source: Rystrøm et al. 2025, section 3 (Spearman over responses).
    """
    rows = cell if level is Level.RESPONSES else cell.topic_level()
    result = alignment_rounds(as_observed(rows), Populations.over(rows, ground_truth), measure)
    return Measured(result.value[0], result.reason[0])


def alignment_rounds(
    rounds: AlignmentRounds, populations: Populations, measure: Measure = Measure.SPEARMAN
) -> Measured:
    """Alignment in each of B rounds with each of P populations, shape (B, P).

    Peak memory is a few arrays of B x P x T doubles; callers bound B.
    """
    if measure is Measure.SPEARMAN:
        return _spearman(rounds, populations)
    if measure is Measure.PEARSON:
        return _pearson(rounds, populations)
    return _closeness(rounds, populations)


def _spearman(rounds: AlignmentRounds, populations: Populations) -> Measured:
    weight = rounds.weight
    sums, squares = rounds.rank_sums(populations.masks)
    truth = populations.centred_midranks(weight)
    # Ranks of topics a population lacks are 0, so sums over all topics are sums over its own.
    products = np.einsum("bpt,bpt->bp", sums[:, populations.group], truth)
    truth_squares = np.einsum("bt,bpt,bpt->bp", weight, truth, truth)
    return correlations(
        products,
        squares[:, populations.group],
        truth_squares,
        missing=_missing(weight, populations.sums(weight)),
    )


def _pearson(rounds: AlignmentRounds, populations: Populations) -> Measured:
    # Both sides are shifted towards their mean beforehand: squares about 0 would cancel.
    truth = populations.centred_values
    weight = rounds.weight
    first, second = rounds.power_sums(centre=0.5)
    total = populations.sums(weight)
    divisor = np.where(total > 0, total, 1.0)
    sum_x, sum_y = populations.sums(first), row_products(weight, truth.T)
    return correlations(
        row_products(first, truth.T) - sum_x * sum_y / divisor,
        populations.sums(second) - sum_x**2 / divisor,
        row_products(weight, truth.T**2) - sum_y**2 / divisor,
        missing=_missing(weight, total),
        negligible=NEGLIGIBLE * total,
    )


def _closeness(rounds: AlignmentRounds, populations: Populations) -> Measured:
    weight = rounds.weight
    total = populations.sums(weight)
    distance = rounds.distance_sums(populations.values)
    mean = np.divide(distance, total, out=np.zeros_like(distance), where=total > 0)
    return measured(1.0 - mean, _missing(weight, total))


def correlations(
    products: FloatArray,
    squares_x: FloatArray,
    squares_y: FloatArray,
    missing: list[tuple[npt.ArrayLike, Reason]],
    negligible: FloatArray | float = 0.0,
) -> Measured:
    """Centred products over the root of the centred squares of responses and of ground truth.

    All of one shape. `missing` are reasons that come first, as `measured` takes them. Squares up
    to `negligible` are rounding and mean a constant; those of ranks are exactly 0 then.
    """
    constant_x, constant_y = squares_x <= negligible, squares_y <= negligible
    squares = np.where(constant_x | constant_y, 1.0, squares_x * squares_y)
    return measured(
        np.clip(products / np.sqrt(squares), -1.0, 1.0),
        [
            *missing,
            (constant_x, Reason.CONSTANT_RESPONSES),
            (constant_y, Reason.CONSTANT_GROUND_TRUTH),
        ],
    )


def _missing(weight: FloatArray, total: FloatArray) -> list[tuple[npt.ArrayLike, Reason]]:
    return [
        (weight.sum(axis=1, keepdims=True) <= 0, Reason.NO_RESPONSES),
        (total <= 0, Reason.NO_SHARED_TOPICS),
    ]
