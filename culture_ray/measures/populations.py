"""Ground truth of populations for the topics of a cell, prepared for many rounds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from culture_ray.measures.cells import Cell
from culture_ray.measures.products import row_products
from culture_ray.measures.ranks import fill_doubled_midranks, groups_of_equals, precedence
from culture_ray.measures.result import BoolArray, FloatArray, IntArray, require


@dataclass(frozen=True, eq=False)
class Populations:
    """Ground truth of P populations for the T topics of a cell, NaN where there is no figure.

    Populations with figures for the same topics share the ranks of the responses and are therefore
    grouped by their sets of topics.
    """

    values: FloatArray
    """Value polarity of each population and topic; (P, T)."""

    def __post_init__(self) -> None:
        require(self.values.ndim == 2, f"ground truth of shape {self.values.shape}, not (P, T)")

    @classmethod
    def over(cls, cell: Cell, ground_truth: FloatArray) -> Populations:
        """Return the populations for the topics of a cell; `ground_truth` is (P, all topics)."""
        last = int(cell.topics[-1]) if cell.topics.size else -1
        require(
            ground_truth.ndim == 2 and last < ground_truth.shape[1],
            f"ground truth of shape {ground_truth.shape} for topic index {last}",
        )
        return cls(np.asarray(ground_truth[:, cell.topics], dtype=np.float64))

    @cached_property
    def known(self) -> BoolArray:
        """True where a population has a figure for a topic; (P, T)."""
        return ~np.isnan(self.values)

    @cached_property
    def masks(self) -> BoolArray:
        """Distinct sets of topics with figures; (G, T)."""
        return self._grouping[0]

    @cached_property
    def group(self) -> IntArray:
        """Index of each population's set of topics; (P,)."""
        return self._grouping[1]

    @cached_property
    def _grouping(self) -> tuple[BoolArray, IntArray]:
        if len(self.known) and self.known.all():  # usual, and quicker than to compare rows
            return self.known[:1], np.zeros(len(self.known), dtype=np.int64)
        masks, group = np.unique(self.known, axis=0, return_inverse=True)
        return masks, group.reshape(-1)

    def centred_midranks(self, weight: FloatArray) -> FloatArray:
        """Return the centred midrank of each topic's ground truth under topic weights.

        `weight` is (B, T), the result (B, P, T), 0 where a population has no figure.
        """
        return row_products(weight, self._precedence).reshape(len(weight), *self.values.shape)

    def rank_products(self, sums: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the sums over topics of `sums` times r, and of the weight times r^2; both (P, B).

        r is the centred midrank of each topic's ground truth, as from `centred_midranks`; `sums`
        (B, G, T) and `weight` (B, T) are best in memory with the rounds adjacent. One population
        after another needs no more than T x B ranks at a time.
        """
        by_topic, of_group = weight.T, sums.transpose(1, 2, 0)
        ranks = np.empty(by_topic.shape)
        products, squares = np.empty((2, len(self.values), len(weight)))
        untied: dict[int, int] = {}
        for number, values in enumerate(self.values):
            group, groups = int(self.group[number]), groups_of_equals(values)
            fill_doubled_midranks(by_topic, groups, ranks)
            np.einsum("tb,tb->b", of_group[group], ranks, out=products[number])
            # Without ties the squares depend on the weights alone, whatever their order.
            if group in untied:
                squares[number] = squares[untied[group]]
                continue
            if all(len(items) == 1 for items in groups):
                untied[group] = number
            ranks *= ranks
            np.einsum("tb,tb->b", by_topic, ranks, out=squares[number])
        products *= 0.5
        squares *= 0.25
        return products, squares

    def sums(self, per_topic: FloatArray) -> FloatArray:
        """Return the sums (B, P) of (B, T) over the topics with a figure of each population."""
        return row_products(per_topic, self.known.T.astype(np.float64))

    @cached_property
    def centred_values(self) -> FloatArray:
        """Ground truth minus its mean over a population's topics, 0 where there is none; (P, T)."""
        count = np.maximum(self.known.sum(axis=1, keepdims=True), 1)
        mean = np.nansum(self.values, axis=1, keepdims=True) / count
        return np.where(self.known, self.values - mean, 0.0)

    @cached_property
    def _precedence(self) -> FloatArray:
        populations, topics = self.values.shape
        table = precedence(self.values).transpose(1, 0, 2)
        return np.ascontiguousarray(table).reshape(topics, populations * topics)
