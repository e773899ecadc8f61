"""Scores of one benchmark as matrices: rows are items, columns are cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from culture_ray.benchmarks.scoring.probability_scores import most_probable
from culture_ray.measures.result import BoolArray, IntArray, require

ScoreArray = npt.NDArray[np.float32]
OUTCOMES = ("scored", "unparsable", "refusal", "empty", "failed")
"""Outcome of an answer."""


@dataclass(frozen=True)
class ScoreCell:
    """Column of a score matrix."""

    model: str
    language: str
    condition: str


@dataclass(frozen=True, eq=False)
class CategoryCounts:
    """Number of times that the answers to an item give each category."""

    categories: tuple[str, ...]
    counts: ScoreArray
    """(items, cells, categories)."""


@dataclass(frozen=True, eq=False)
class ScoreMatrix:
    """Scores and counts of a benchmark, by item and cell."""

    items: tuple[str, ...]
    clusters: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    """Group of each item, by grouping."""
    cells: tuple[ScoreCell, ...]
    scores: Mapping[str, ScoreArray]
    """Scores by name (accuracy, votes, a numeric field of a rubric): (items, cells) each, NaN where
    nothing came back."""
    counts: Mapping[str, CategoryCounts] = field(default_factory=dict)
    """Categories by name: `answer`, or a field of a rubric."""
    right: IntArray | None = None
    """Index of the right one of the categories of `answer` in the cell's language, -1 without one;
    (items, cells)."""
    given: IntArray | None = None
    """Index of the category given, -1 for one that cannot be read, -2 for none; (items, cells)."""
    outcomes: npt.NDArray[np.int16] | None = None
    """Number of answers of each item by OUTCOMES; (items, cells, outcomes)."""

    def __post_init__(self) -> None:
        shape = len(self.items), len(self.cells)
        for name, values in self.scores.items():
            require(values.shape == shape, f"{name} of shape {values.shape}, not {shape}")

    def rows_of(self, where: Mapping[str, str]) -> BoolArray:
        """Return True for the items in these groups, by grouping."""
        rows = np.ones(len(self.items), dtype=bool)
        for grouping, group in where.items():
            rows &= np.asarray(self.groups[grouping]) == group
        return rows

    def groups_of(self, grouping: str) -> list[str]:
        """Return the groups of a grouping that have items, sorted; without the empty one."""
        return sorted(set(self.groups[grouping]) - {""})


def mean_over_answers(
    items: npt.ArrayLike, scores: npt.ArrayLike, n_items: int
) -> npt.NDArray[np.float32]:
    """Return the mean score of each item over its orders, prompts and samples; NaN without any.

    `items` (n,) are indices of items, `scores` (n,) their scores, NaN for answers that failed: an
    item with one failed answer has the mean of the others.
    """
    at, values = np.asarray(items, np.int64), np.asarray(scores, np.float64)
    known = ~np.isnan(values)
    total = np.bincount(at[known], weights=values[known], minlength=n_items)
    count = np.bincount(at[known], minlength=n_items)
    return np.asarray(total / np.where(count > 0, count, np.nan), dtype=np.float32)


def options_by_probability(
    items: IntArray, probabilities: npt.NDArray[np.floating], n_items: int
) -> IntArray:
    """Return each item's option with the highest probability, averaged over its answers.

    `probabilities` is (n, options) in the items' own order of options, NaN rows for answers that
    failed, 0 beyond an item's options. Every answer weighs the same, however little of its
    probability is on the options. -1 where two options are equally probable, -2 without answers.
    """
    mass = probabilities.sum(axis=1)
    usable = np.isfinite(mass) & (mass > 0)
    shares = probabilities[usable] / mass[usable, None]
    total = np.zeros((n_items, probabilities.shape[1]))
    for option in range(probabilities.shape[1]):
        total[:, option] = np.bincount(items[usable], weights=shares[:, option], minlength=n_items)
    answered = np.bincount(items[np.isfinite(mass)], minlength=n_items) > 0
    return np.where(answered, most_probable(total), -2)


def category_counts(
    names: Sequence[str], answers: Sequence[tuple[int, int, str]], shape: tuple[int, int]
) -> CategoryCounts:
    """Return the counts of (item, cell, category) triples over the categories `names`."""
    place = {name: index for index, name in enumerate(names)}
    counts = np.zeros((*shape, len(names)), np.float32)
    for item, cell, category in answers:
        if category in place:
            counts[item, cell, place[category]] += 1
    return CategoryCounts(tuple(names), counts)
