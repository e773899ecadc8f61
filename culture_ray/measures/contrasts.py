"""Contrasts: weighted sums of alignments, such as means over countries and differences."""

from __future__ import annotations

import math

import numpy as np

from culture_ray.measures.products import row_products
from culture_ray.measures.result import FloatArray, Measured


def contrasted(figures: Measured, contrasts: FloatArray) -> Measured:
    """Return weighted sums (..., K) of figures (..., P), with weights `contrasts` (K, P).

    A sum is undefined where a figure with nonzero weight is; its reason is the first of theirs.
    """
    value = contrasted_values(figures.value, contrasts)
    reason = np.zeros(value.shape, dtype=np.int8)
    for row, weights in enumerate(contrasts):
        parts = figures.reason[..., weights != 0]
        if parts.shape[-1]:
            first = np.argmax(parts != 0, axis=-1)[..., None]
            reason[..., row] = np.take_along_axis(parts, first, axis=-1)[..., 0]
    return Measured(value, reason)


def contrasted_values(values: FloatArray, contrasts: FloatArray) -> FloatArray:
    """Return the values of `contrasted`: weighted sums (..., K) of (..., P), NaN if undefined."""
    flat = values.reshape(math.prod(values.shape[:-1]), contrasts.shape[1])
    undefined = np.isnan(flat)
    sums = row_products(np.where(undefined, 0.0, flat), contrasts.T)
    if undefined.any():
        sums[undefined @ (contrasts != 0).T > 0] = np.nan
    return sums.reshape(*values.shape[:-1], len(contrasts))
