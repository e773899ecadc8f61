"""Means and variances of what is defined: NaN is left out, and comes out where too little is."""

from __future__ import annotations

import numpy as np

from culture_ray.measures.result import FloatArray


def mean_of_defined(values: FloatArray, axis: int = 0) -> FloatArray:
    """Return the mean over an axis; NaN where nothing is defined."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    sums = np.where(known, values, 0.0).sum(axis=axis)
    return np.where(count > 0, sums / np.maximum(count, 1), np.nan)


def variance_of_defined(values: FloatArray, axis: int = 0) -> FloatArray:
    """Return the unbiased variance over an axis; NaN where fewer than two are defined."""
    count = (~np.isnan(values)).sum(axis=axis)
    gaps = values - np.expand_dims(mean_of_defined(values, axis), axis)
    squares = np.nan_to_num(gaps**2).sum(axis=axis)
    return np.where(count >= 2, squares / np.maximum(count - 1, 1), np.nan)
