"""Options chosen by probability, for many answers at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from culture_ray.measures.result import FloatArray, IntArray


def probabilities_by_option(options: Any, probabilities: Any) -> FloatArray:
    """Return the probability of each option, in the items' own order; (n, most options).

    Both are Arrow arrays of lists: `options` the indices of the options in the order of the prompt,
    `probabilities` those of their letters. A row is NaN if either is null, and 0 beyond the options
    of its item.
    """
    counts = np.diff(options.offsets.to_numpy())
    known = np.asarray(options.is_valid()) & np.asarray(probabilities.is_valid())
    known &= counts == np.diff(probabilities.offsets.to_numpy())
    width = int(counts.max(initial=0))
    found = np.where(known[:, None], 0.0, np.full((len(counts), width), np.nan))
    rows = np.repeat(np.arange(len(counts)), counts)
    kept = known[rows]
    places = options.flatten().to_numpy(zero_copy_only=False)
    own = np.repeat(np.arange(len(counts)), np.diff(probabilities.offsets.to_numpy()))
    values = probabilities.flatten().to_numpy(zero_copy_only=False)
    found[rows[kept], places[kept]] = values[known[own]]
    return found


def most_probable(probabilities: FloatArray) -> IntArray:
    """Return the option with the highest probability of each row.

    -1 where two are equally probable, or none has any probability; -2 in a row of NaN.
    """
    if not probabilities.shape[1]:
        return np.full(len(probabilities), -2)
    known = np.asarray(np.isfinite(probabilities).all(axis=1))
    values = np.where(known[:, None], probabilities, 0.0)
    best = values.argmax(axis=1)
    top = np.asarray(values.max(axis=1))
    ties = np.asarray((values >= top[:, None] - 1e-12).sum(axis=1) > 1)
    return np.asarray(np.where(~known, -2, np.where(ties | (top <= 0), -1, best)))
