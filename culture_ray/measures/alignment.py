"""Alignment: correlation of a model's and a population's value polarity over topics."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from culture_ray.measures.cells import Cell
from culture_ray.measures.consistency import shares_of_groups
from culture_ray.measures.populations import Populations
from culture_ray.measures.products import column_products, row_products
from culture_ray.measures.ranks import rounds_adjacent
from culture_ray.measures.result import FloatArray, Measured, Reason, measured
from culture_ray.measures.rounds import AlignmentRounds, RankRounds, as_observed

NEGLIGIBLE = 1e-12
"""Mean square of centred value polarities up to which they count as constant (rounding error)."""


class Measure(StrEnum):
    """Measure of agreement."""

    SPEARMAN = "spearman"
    PEARSON = "pearson"
    CLOSENESS = "closeness"
    """1 - mean |model - population|: 1 when equal; unlike a correlation it depends on the level."""


class Level(StrEnum):
    """Unit of observation of the correlation."""

    RESPONSES = "responses"
    """Each response with its topic's ground truth, as in the paper."""
    TOPICS = "topics"
    """Each topic's mean over its responses with its ground truth."""


def alignment(
    cell: Cell,
    ground_truth: FloatArray,
    measure: Measure = Measure.SPEARMAN,
    level: Level = Level.RESPONSES,
) -> Measured:
    """Return the alignment of a cell with each of P populations, shape (P,).

    `ground_truth` is (P, topics in the caller's list), value polarity in 0..1, NaN where a
    population has no figure; a population is compared over the topics for which it has one. Ranks
    are midranks. Source: Rystrøm et al. 2025, section 3 (Spearman over responses).
    """
    rows = cell if level is Level.RESPONSES else cell.topic_level
    result = alignment_rounds(as_observed(rows), Populations.over(rows, ground_truth), measure)
    return Measured(result.value[0], result.reason[0])


def alignment_of_groups(pro_share: FloatArray, people: int, ground_truth: FloatArray) -> Measured:
    """Return the alignment of a population with each of P others, shape (P,).

    The population takes a model's place: each response describes a group of `people` drawn from it,
    and all topics have as many responses, whose number is unlimited. So the figure has the noise
    of single responses that a model's alignment has. `pro_share` (T,) is the population's value
    polarity in 0..1, NaN where it is unknown, and `ground_truth` (P, T) that of the others.
    """
    topics = np.flatnonzero(~np.isnan(pro_share))
    shares = shares_of_groups(pro_share[topics], people)
    return alignment(Cell(topics, np.arange(people + 1) / people, shares), ground_truth)


def alignment_rounds(
    rounds: AlignmentRounds, populations: Populations, measure: Measure = Measure.SPEARMAN
) -> Measured:
    """Return the alignment in each of B rounds with each of P populations, shape (B, P).

    Peak memory is a few arrays of B x P x T doubles; callers limit B.
    """
    if measure is Measure.SPEARMAN:
        return spearman_rounds(rounds, populations)
    if measure is Measure.PEARSON:
        return _pearson(rounds, populations)
    return _closeness(rounds, populations)


def spearman_rounds(rounds: RankRounds, populations: Populations) -> Measured:
    """Return the Spearman correlation in each of B rounds with each of P populations; (B, P)."""
    weight = rounds.weight
    sums, squares = rounds.rank_sums(populations.masks)
    if rounds_adjacent(weight):
        return _spearman_of_adjacent_rounds(weight, sums, squares, populations)
    truth = populations.centred_midranks(weight)
    # Topics without a figure have rank 0, so sums over all topics are sums over those with one.
    # One set of topics for all populations needs no copy of the sums for each.
    of_each = sums if len(populations.masks) == 1 else sums[:, populations.group]
    products = np.einsum("bpt,bpt->bp", of_each, truth)
    truth *= truth
    truth_squares = np.einsum("bt,bpt->bp", weight, truth)
    return correlations(
        products,
        squares[:, populations.group],
        truth_squares,
        missing=_missing(weight.sum(axis=1, keepdims=True), populations.sums(weight)),
    )


def _spearman_of_adjacent_rounds(
    weight: FloatArray, sums: FloatArray, squares: FloatArray, populations: Populations
) -> Measured:
    """Return the same for rounds that are adjacent in memory: the same sums of whole numbers."""
    products, truth_squares = populations.rank_products(sums, weight)
    totals = column_products(populations.masks.astype(np.float64), weight.T)
    found = correlations(
        products,
        squares.T[populations.group],
        truth_squares,
        missing=_missing(weight.T.sum(axis=0), totals[populations.group]),
    )
    return Measured(np.ascontiguousarray(found.value.T), np.ascontiguousarray(found.reason.T))


def _pearson(rounds: AlignmentRounds, populations: Populations) -> Measured:
    # Both sides are shifted towards their mean first, to avoid cancellation in the squares.
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
        missing=_missing(weight.sum(axis=1, keepdims=True), total),
        negligible=NEGLIGIBLE * total,
    )


def _closeness(rounds: AlignmentRounds, populations: Populations) -> Measured:
    weight = rounds.weight
    total = populations.sums(weight)
    distance = rounds.distance_sums(populations.values)
    mean = np.divide(distance, total, out=np.zeros_like(distance), where=total > 0)
    return measured(1.0 - mean, _missing(weight.sum(axis=1, keepdims=True), total))


def correlations(
    products: FloatArray,
    squares_x: FloatArray,
    squares_y: FloatArray,
    missing: list[tuple[npt.ArrayLike, Reason]],
    negligible: FloatArray | float = 0.0,
) -> Measured:
    """Return correlations: centred products over the root of both sides' centred squares.

    `products`, `squares_x` (responses) and `squares_y` (ground truth) have one shape. `missing` are
    checks as for `measured` that take precedence. A side whose squares are at most `negligible` is
    constant; squares of ranks are then exactly 0.
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


def _missing(weight: FloatArray, shared: FloatArray) -> list[tuple[npt.ArrayLike, Reason]]:
    """Return the checks of the weight of all responses, and of those with a figure beside them."""
    return [(weight <= 0, Reason.NO_RESPONSES), (shared <= 0, Reason.NO_SHARED_TOPICS)]
