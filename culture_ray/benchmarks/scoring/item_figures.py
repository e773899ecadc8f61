"""Figures over items, as functions of sums over them: means, shares, entropy, macro-F1.

A round weights clusters of items, so it only changes the sums. A figure therefore is K columns of
values per item, and a function of their K sums.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from culture_ray.measures.result import FloatArray, IntArray, require

Columns = npt.NDArray[np.float32]
Combine = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, eq=False)
class ItemFigure:
    """One figure of every cell: its columns, and the function of their sums."""

    columns: Columns
    """(rows, K, cells)."""
    combine: Combine
    """(..., K, cells) to (..., cells); NaN where undefined."""
    defined: npt.NDArray[np.bool_]
    """True where a row counts in a cell; (rows, cells)."""
    lowest: float = 0.0
    highest: float = 1.0
    """Range of the figure, at which its intervals end."""
    is_mean: bool = False
    """True for a mean of scores from 0 to 1."""


def mean_score(scores: npt.ArrayLike, lowest: float = 0.0, highest: float = 1.0) -> ItemFigure:
    """Return the mean over rows of `scores` (rows, cells), NaN where there is none."""
    values = np.asarray(scores, dtype=np.float32)
    defined = ~np.isnan(values)
    columns = np.stack([np.where(defined, values, 0), defined.astype(np.float32)], axis=1)
    unit = (lowest, highest) == (0, 1)
    return ItemFigure(columns, _ratio, defined, lowest, highest, is_mean=unit)


def share(counts: npt.ArrayLike, category: int) -> ItemFigure:
    """Return the share of a category among what is counted; `counts` is (rows, cells, categories).

    An item with more of it, such as a text with many references, weighs more.
    """
    values = np.asarray(counts, dtype=np.float32)
    total = values.sum(axis=2)
    columns = np.stack([values[:, :, category], total], axis=1)
    return ItemFigure(columns, _ratio, total > 0, is_mean=True)


def entropy(counts: npt.ArrayLike, *, normalised: bool) -> ItemFigure:
    """Return the entropy of the distribution over all items; `counts` as in `share`.

    In nats, or with `normalised` as a share of ln(categories). The entropy of few counts is too low
    on average (Miller 1955), that of few counts per item all the more.
    """
    values = np.asarray(counts, dtype=np.float32)
    highest = _most_entropy(values.shape[2], normalised)
    columns = np.ascontiguousarray(values.transpose(0, 2, 1))
    size = np.log(values.shape[2]) if normalised else 1.0
    defined = values.sum(axis=2) > 0
    return ItemFigure(columns, lambda sums: _entropy(sums) / size, defined, highest=highest)


def mean_entropy(counts: npt.ArrayLike, *, normalised: bool) -> ItemFigure:
    """Return the mean over items of each item's own entropy; items without counts are left out."""
    values = np.asarray(counts, dtype=np.float64)
    highest = _most_entropy(values.shape[2], normalised)
    size = np.log(values.shape[2]) if normalised else 1.0
    return mean_score(_entropy(np.moveaxis(values, 2, -2)) / size, 0.0, highest)


def macro_f1(right: IntArray, given: IntArray, labels: int) -> ItemFigure:
    """Return the mean of F1 over the labels that are right for some row of a cell.

    `right` and `given` are (rows, cells): indices of labels. -1 is an answer that cannot be read,
    which is a miss of the right label, and -2 none, which counts nowhere.
    """
    defined = given != -2
    columns = np.zeros((len(right), 3 * labels, given.shape[1]), np.float32)
    for label in range(labels):
        is_right, is_given = right == label, given == label
        columns[:, 3 * label] = is_right & is_given
        columns[:, 3 * label + 1] = ~is_right & is_given
        columns[:, 3 * label + 2] = is_right & ~is_given & defined

    def combine(sums: FloatArray) -> FloatArray:
        hit, false, missed = sums[..., ::3, :], sums[..., 1::3, :], sums[..., 2::3, :]
        present, below = hit + missed > 0, 2 * hit + false + missed
        f1 = np.where(present, 2 * hit / np.where(below > 0, below, 1), 0.0)
        number = present.sum(axis=-2)
        return np.asarray(f1.sum(axis=-2) / np.where(number > 0, number, np.nan))

    return ItemFigure(columns, combine, defined)


def _ratio(sums: FloatArray) -> FloatArray:
    below = sums[..., 1, :]
    return np.asarray(sums[..., 0, :] / np.where(below > 0, below, np.nan))


def _most_entropy(categories: int, normalised: bool) -> float:
    require(categories > 1, f"entropy of {categories} categories")
    return 1.0 if normalised else float(np.log(categories))


def _entropy(counts: FloatArray) -> FloatArray:
    """Return the entropy over the axis before the last, in nats; NaN without counts."""
    total = counts.sum(axis=-2, keepdims=True)
    p = counts / np.where(total > 0, total, np.nan)
    return np.asarray(-(p * np.log(np.where(p > 0, p, 1.0))).sum(axis=-2))
