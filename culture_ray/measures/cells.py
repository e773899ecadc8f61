"""A cell: the count table topic x value polarity of one model in one language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from culture_ray.measures.result import FloatArray, IntArray, indices, require

DECIMALS = 12
"""Value polarities that agree to this many decimals are one value, so that a share computed in
two ways does not break a tie."""

MEAN_DECIMALS = 9
"""The same for means over values so rounded, which carry fewer correct decimals."""


@dataclass(frozen=True, eq=False)
class Cell:
    """How often each value polarity occurs for each topic; every measure is computed from this.

    It does not know the order of the responses, so neither does any figure or resample of it.
    """

    topics: IntArray
    """Indices of the topics with responses, in the caller's list of topics, ascending; (T,)."""
    values: FloatArray
    """The value polarities that occur, ascending; (V,)."""
    counts: FloatArray
    """Responses per topic and value; (T, V), whole numbers."""
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
        """Responses with a value polarity."""
        return int(self.counts.sum())

    @property
    def responses_per_topic(self) -> FloatArray:
        """Responses of each topic; (T,)."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def topic_means(self) -> FloatArray:
        """Mean value polarity of each topic over its responses; (T,)."""
        return np.round(self.counts @ self.values / self.responses_per_topic, MEAN_DECIMALS)

    def topic_level(self) -> Cell:
        """The cell with one response per topic, the topic's mean, for topic-level measures."""
        return tabulate(self.topics, self.topic_means)

    def among(self, topics: npt.ArrayLike) -> Cell:
        """The cell with only those of its topics that are in `topics` (indices, any order)."""
        kept = np.isin(self.topics, np.asarray(topics, dtype=np.int64))
        counts = self.counts[kept]
        used = counts.sum(axis=0) > 0
        return Cell(self.topics[kept], self.values[used], counts[:, used])

    def covered_by(self, ground_truth: FloatArray) -> tuple[IntArray, IntArray]:
        """Responses, and topics, for which each population has ground truth; both (P,).

        `ground_truth` is (P, topics in the caller's list), NaN where a population has no figure.
        """
        known = ~np.isnan(ground_truth[:, self.topics])
        responses = (known @ self.responses_per_topic).astype(np.int64)
        return responses, known.sum(axis=1, dtype=np.int64)


def tabulate(
    topic: npt.ArrayLike, polarity: npt.ArrayLike, times: npt.ArrayLike | None = None
) -> Cell:
    """The cell of these responses.

    `topic` is the index of each response's topic, `polarity` its value polarity (0..1, NaN where
    undefined), both (n,); `times` is how often each entry occurred, once where it is None. Raises
    `InvalidMeasureInput` on unequal lengths, a negative index or a polarity outside 0..1.
    """
    index = np.asarray(topic, dtype=np.int64)
    value = np.asarray(polarity, dtype=np.float64)
    require(
        index.ndim == 1 and index.shape == value.shape,
        f"topics of shape {index.shape}, polarities of shape {value.shape}",
    )
    often = np.ones(index.shape) if times is None else np.asarray(times, dtype=np.float64)
    require(often.shape == index.shape, f"times of shape {often.shape}, topics {index.shape}")
    known = ~np.isnan(value)
    undefined = int(often[~known].sum())
    index, value, often = index[known], np.round(value[known], DECIMALS), often[known]
    require(index.size == 0 or int(index.min()) >= 0, "a negative topic index")
    require(bool(np.all((value >= 0) & (value <= 1))), "a value polarity outside 0..1")
    topics, row = np.unique(index, return_inverse=True)
    values, column = np.unique(value, return_inverse=True)
    place = row * values.size + column
    table = np.bincount(place, weights=often, minlength=topics.size * values.size)
    counts = table.reshape(topics.size, values.size).astype(np.float64)
    return Cell(topics, values, counts, undefined)


def tabulate_all(
    cell: npt.ArrayLike, topic: npt.ArrayLike, polarity: npt.ArrayLike, n_cells: int
) -> Iterator[Cell]:
    """The cells 0..n_cells-1 of a long table of responses, in one sort; one without rows is empty.

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
