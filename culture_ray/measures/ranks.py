"""Midranks of weighted values from a table of weights per unique value."""

from __future__ import annotations

import numpy as np

from culture_ray.measures.result import FloatArray


def midranks(weights: FloatArray) -> FloatArray:
    """Midrank of each unique value, given how much weight lies on each, ascending.

    `weights` has shape (..., V) over values sorted ascending; so has the result. With integer
    weights these are the average ranks (from 1) of the values repeated that often, which is
    what `scipy.stats.rankdata` gives.
    """
    return np.cumsum(weights, axis=-1) - 0.5 * weights + 0.5


def centred_midranks(weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Midranks minus their weighted mean, and their weighted sum of squares.

    `weights` has shape (..., V); the results (..., V) and (...). The weighted mean of midranks
    from 0 is half the total weight for any weights, so no mean is computed: a sum of squares is
    exactly 0 if one value has all the weight, and integer weights give exact figures.
    """
    cumulated = np.cumsum(weights, axis=-1)
    ranks = cumulated - 0.5 * weights
    ranks -= 0.5 * cumulated[..., -1:]
    return ranks, np.einsum("...v,...v,...v->...", weights, ranks, ranks)


def precedence(values: FloatArray) -> FloatArray:
    """How far each item adds to another's centred midrank: 0.5 below it, 0 level, -0.5 above.

    `values` has shape (..., T) with NaN for missing; the result (..., T, T), first of the two
    the item that adds. `weights @ precedence` are centred midranks; pairs with a missing item
    give 0, so a missing item has rank 0 and moves no other.
    """
    below, above = values[..., :, None], values[..., None, :]
    return 0.5 * (below < above) - 0.5 * (below > above)
