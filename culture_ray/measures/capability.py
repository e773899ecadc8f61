"""Capability: mean benchmark score of a model in a language."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from culture_ray.measures.result import Measured, Reason, indices, measured, require


def capability(cell: npt.ArrayLike, score: npt.ArrayLike, n_cells: int) -> Measured:
    """Return the mean benchmark score of each cell (model x language), shape (n_cells,), in 0..1.

    `cell` is the cell index of each benchmark score, `score` the score in 0..1, both (n,), with one
    row per benchmark. Undefined for a cell without scores. Raises `InvalidMeasureInput` for a score
    outside 0..1 (published scores are often 0..100).
    Source: Rystrøm et al. 2025, section 3.
    """
    owner = indices(cell, n_cells, "cell")
    value = np.asarray(score, dtype=np.float64)
    require(
        owner.shape == value.shape,
        f"cell indices of shape {owner.shape}, scores of shape {value.shape}",
    )
    require(bool(np.all((value >= 0) & (value <= 1))), "a benchmark score outside 0..1, or missing")
    count = np.bincount(owner, minlength=n_cells)
    total = np.bincount(owner, weights=value, minlength=n_cells)
    return measured(total / np.maximum(count, 1), [(count == 0, Reason.NO_BENCHMARKS)])
