"""Cells of respondents by country and categories, small ones merged upward."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from culture_ray.survey.microdata.labels import Index


def merged_levels(keys: Sequence[Index], smallest: int) -> Index:
    """Return the number of keys that describe each respondent (N,), so that no cell is small.

    `keys` are K arrays (N,) of category indices, the country first; a respondent with an index of
    -1 belongs to no cell and has 0. A cell is all respondents with the same first keys. Where one
    cell within a parent has fewer than `smallest` respondents, the last key is left out of all
    cells of the parent, so that a cell's description fits exactly its people, and nobody can be
    found by subtraction. Cells of countries that are too small have 0.
    """
    known = np.all([key >= 0 for key in keys], axis=0)
    level = np.where(known, len(keys), 0).astype(np.int64)
    for depth in range(len(keys), 0, -1):
        at = np.flatnonzero(level == depth)
        cell = _numbered([key[at] for key in keys[:depth]])
        small = np.bincount(cell)[cell] < smallest if at.size else np.zeros(0, dtype=bool)
        if not small.any():
            continue
        if depth == 1:
            level[at[small]] = 0
            continue
        # A parent may hold cells that were merged before, which stay whole within it.
        inside = np.flatnonzero(level > 0)
        parent = _numbered([key[inside] for key in keys[: depth - 1]])
        broken = np.unique(parent[np.isin(inside, at[small])])
        level[inside[np.isin(parent, broken)]] = depth - 1
    return level


def cell_sizes(keys: Sequence[Index]) -> Index:
    """Return the number of respondents in each one's cell (N,), all keys together; 0 for none."""
    known = np.flatnonzero(np.all([key >= 0 for key in keys], axis=0))
    cell = _numbered([key[known] for key in keys])
    size = np.zeros(len(keys[0]), dtype=np.int64)
    size[known] = np.bincount(cell)[cell] if known.size else 0
    return size


def _numbered(keys: Sequence[Index]) -> Index:
    """Return the number of each combination of keys (N,)."""
    if not len(keys[0]):
        return np.zeros(0, dtype=np.int64)
    _, found = np.unique(np.stack(keys), axis=1, return_inverse=True)
    return np.asarray(found, dtype=np.int64).reshape(-1)
