"""Midranks of weighted values from a table of weights per unique value."""

from __future__ import annotations

import numpy as np

from culture_ray.measures.result import FloatArray


def centred_midranks(weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return centred midranks of unique values, and their weighted sum of squares.

    `weights` (..., V) is the weight of each value, in ascending order of the values; the results
    are (..., V) and (...). With integer weights these are the average ranks of the values repeated
    that often, as given by `scipy.stats.rankdata`, minus their mean. The weighted mean of midranks
    counted from 0 is half the total weight, so no mean is computed: the sum of squares is exactly 0
    if one value has all the weight, and integer weights give exact results.
    """
    cumulated = np.cumsum(weights, axis=-1)
    ranks = cumulated - 0.5 * weights
    ranks -= 0.5 * cumulated[..., -1:]
    return ranks, np.einsum("...v,...v,...v->...", weights, ranks, ranks)


def precedence(values: FloatArray) -> FloatArray:
    """Return the contribution of each item to the centred midrank of each other item.

    It is 0.5 from an item with a smaller value, 0 from one with an equal value and -0.5 from one
    with a larger value. `values` is (..., T), NaN where missing; the result is (..., T, T), indexed
    first by the contributing item, so that `weights @ precedence` are centred midranks. Pairs with
    a missing item give 0: its own rank is 0 and it does not affect the others.
    """
    below, above = values[..., :, None], values[..., None, :]
    return 0.5 * (below < above) - 0.5 * (below > above)
