"""Midranks of weighted values from a table of weights per unique value."""

from __future__ import annotations

import math

import numpy as np

from culture_ray.measures.result import FloatArray

ADJACENT = 64
"""Rounds from which computing along them takes less time than along items or values."""


def centred_midranks(weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return centred midranks of unique values, and their weighted sum of squares.

    `weights` (..., V) is the weight of each value, in ascending order of the values; the results
    are (..., V) and (...). With integer weights these are the average ranks of the values repeated
    that often, as given by `scipy.stats.rankdata`, minus their mean. The weighted mean of midranks
    counted from 0 is half the total weight, so no mean is computed: the sum of squares is exactly 0
    if one value has all the weight, and integer weights give exact results.
    """
    if rounds_adjacent(weights):
        return _of_adjacent_rounds(weights)
    cumulated = np.cumsum(weights, axis=-1)
    ranks = cumulated - 0.5 * weights
    ranks -= 0.5 * cumulated[..., -1:]
    return ranks, np.einsum("...v,...v,...v->...", weights, ranks, ranks)


def rounds_adjacent(per_round: FloatArray) -> bool:
    """Return True if the first axis is the last in memory, and long enough to compute along it."""
    return len(per_round) >= ADJACENT and per_round.strides[0] == per_round.itemsize


def _of_adjacent_rounds(weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the same for weights whose rounds are adjacent, value by value in all rounds."""
    by_value = weights.T
    ranks = np.empty(by_value.shape)
    below = np.zeros(by_value.shape[1:])
    for value, weight in enumerate(by_value):
        np.multiply(weight, 0.5, out=ranks[value])
        ranks[value] += below
        below += weight
    below *= 0.5
    ranks -= below
    return ranks.T, np.einsum("v...,v...->...", by_value * ranks, ranks).T


def fill_doubled_midranks(weights: FloatArray, groups: list[list[int]], ranks: FloatArray) -> None:
    """Set the rows of `ranks` (T, B) to twice the centred midranks of T items in each of B rounds.

    `weights` is (T, B). `groups` holds the items in ascending order, those of equal values
    together; the rows of other items become 0.
    """
    below, total = np.zeros((2, weights.shape[1]))
    for items in groups:
        np.add(below, weights[items[0]], out=total)
        for item in items[1:]:
            total += weights[item]
        for item in items:
            np.add(below, total, out=ranks[item])
        below, total = total, below
    ranks -= below
    if sum(map(len, groups)) < len(ranks):
        ranks[sorted({*range(len(ranks))}.difference(*groups))] = 0.0


def groups_of_equals(values: FloatArray) -> list[list[int]]:
    """Return the items with a value in ascending order, those of equal values together."""
    groups: list[list[int]] = []
    last = np.nan
    order = np.argsort(values, kind="stable")
    for item, value in zip(order.tolist(), values[order].tolist(), strict=True):
        if value == last:
            groups[-1].append(item)
        elif not math.isnan(value):
            groups.append([item])
        last = value
    return groups


def precedence(values: FloatArray) -> FloatArray:
    """Return the contribution of each item to the centred midrank of each other item.

    It is 0.5 from an item with a smaller value, 0 from one with an equal value and -0.5 from one
    with a larger value. `values` is (..., T), NaN where missing; the result is (..., T, T), indexed
    first by the contributing item, so that `weights @ precedence` are centred midranks. Pairs with
    a missing item give 0: its own rank is 0 and it does not affect the others.
    """
    below, above = values[..., :, None], values[..., None, :]
    return 0.5 * (below < above) - 0.5 * (below > above)
