"""Cells: the count table topic x value polarity of one model in one language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from culture_ray.measures.result import FloatArray, IntArray, indices, require

DECIMALS = 12
"""Decimals to which value polarities are rounded, so that rounding errors do not break ties."""

MEAN_DECIMALS = 9
"""Decimals to which means over rounded values are rounded; they have fewer correct ones."""


@dataclass(frozen=True, eq=False)
class Cell:
    """Count table topic x value polarity, from which every measure is computed.

    It does not contain the order of the responses, so figures and resamples do not depend on it.
    """

    topics: IntArray
    """Indices in the caller's list of the topics with responses, ascending; (T,)."""
    values: FloatArray
    """Value polarities that occur, ascending; (V,)."""
    counts: FloatArray
    """Responses per topic and value: whole numbers, or shares of unlimited responses; (T, V)."""
    undefined: int = 0
    """Responses left out because their value polarity is undefined."""

    def __post_init__(self) -> None:
        shape = (self.topics.size, self.values.size)
        require(
            self.counts.shape == shape, f"counts of shape {self.counts.shape}, expected {shape}"
        )
        require(bool(np.all(np.diff(self.topics) > 0)), "topics not strictly ascending")
        require(bool(np.all(np.diff(self.values) > 0)), "values not strictly ascending")
        require(bool(np.all(self.counts >= 0)), "a negative count")

    @property
    def responses(self) -> int:
        """Number of responses with a value polarity."""
        return int(self.counts.sum())

    @property
    def responses_per_topic(self) -> FloatArray:
        """Number of responses of each topic; (T,)."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def topic_means(self) -> FloatArray:
        """Mean value polarity of each topic over its responses; (T,)."""
        return np.round(self.counts @ self.values / self.responses_per_topic, MEAN_DECIMALS)

    @property
    def variance_within_topics(self) -> float:
        """Variance of value polarity between responses to one topic; NaN if no topic has two."""
        spare = self.responses - self.topics.size
        if spare <= 0:
            return np.nan
        means = self.counts @ self.values / self.responses_per_topic
        squares = (self.counts * (self.values - means[:, None]) ** 2).sum()
        return float(squares / spare)

    @cached_property
    def topic_level(self) -> Cell:
        """Cell with one response per topic, the topic's mean, for topic-level measures."""
        return tabulate(self.topics, self.topic_means)

    def restricted_to(self, topics: npt.ArrayLike) -> Cell:
        """Return the cell restricted to `topics` (indices, any order)."""
        kept = np.isin(self.topics, np.asarray(topics, dtype=np.int64))
        counts = self.counts[kept]
        used = counts.sum(axis=0) > 0
        return Cell(self.topics[kept], self.values[used], counts[:, used])

    def coverage(self, ground_truth: FloatArray) -> tuple[IntArray, IntArray]:
        """Return the numbers of responses and of topics with ground truth; both (P,).

        `ground_truth` is (P, topics in the caller's list), NaN where a population has no figure.
        """
        known = ~np.isnan(ground_truth[:, self.topics])
        responses = (known @ self.responses_per_topic).astype(np.int64)
        return responses, known.sum(axis=1, dtype=np.int64)


def tabulate(
    topic: npt.ArrayLike, polarity: npt.ArrayLike, times: npt.ArrayLike | None = None
) -> Cell:
    """Return the cell of these responses.

    `topic` is the index of each response's topic and `polarity` its value polarity (0..1, NaN where
    undefined), both (n,); `times` is the number of responses that each entry stands for, 1 by
    default. Raises `InvalidMeasureInput` for unequal lengths, a negative index or a polarity
    outside 0..1.
    """
    index = np.asarray(topic, dtype=np.int64)
    value = np.asarray(polarity, dtype=np.float64)
    require(
        index.ndim == 1 and index.shape == value.shape,
        f"topics of shape {index.shape}, polarities of shape {value.shape}",
    )
    weight = np.ones(index.shape) if times is None else np.asarray(times, dtype=np.float64)
    require(weight.shape == index.shape, f"times of shape {weight.shape}, topics {index.shape}")
    known = ~np.isnan(value)
    undefined = int(weight[~known].sum())
    index, value, weight = index[known], np.round(value[known], DECIMALS), weight[known]
    require(index.size == 0 or int(index.min()) >= 0, "a negative topic index")
    require(bool(np.all((value >= 0) & (value <= 1))), "a value polarity outside 0..1")
    topics, row = np.unique(index, return_inverse=True)
    values, column = np.unique(value, return_inverse=True)
    at = row * values.size + column
    table = np.bincount(at, weights=weight, minlength=topics.size * values.size)
    counts = table.reshape(topics.size, values.size).astype(np.float64)
    return Cell(topics, values, counts, undefined)


def tabulate_all(
    cell: npt.ArrayLike, topic: npt.ArrayLike, polarity: npt.ArrayLike, n_cells: int
) -> Iterator[Cell]:
    """Yield the cells 0..n_cells-1 of a long table of responses; a cell without rows is empty.

    `cell`, `topic` and `polarity` have shape (n,); `cell` is the index of each response's cell.
    """
    owner = indices(cell, n_cells, "cell")
    index, value = np.asarray(topic, dtype=np.int64), np.asarray(polarity, dtype=np.float64)
    require(
        owner.shape == index.shape == value.shape,
        f"cells {owner.shape}, topics {index.shape}, polarities {value.shape}",
    )
    order = np.argsort(owner, kind="stable")
    bounds = np.searchsorted(owner[order], np.arange(n_cells + 1))
    for first, last in pairwise(bounds):
        rows = order[first:last]
        yield tabulate(index[rows], value[rows])
