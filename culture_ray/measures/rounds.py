"""Resampling rounds of one cell, reduced to the sums that the measures need."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Protocol

import numpy as np

from culture_ray.measures.cells import Cell
from culture_ray.measures.products import column_products, row_products
from culture_ray.measures.ranks import centred_midranks
from culture_ray.measures.result import BoolArray, FloatArray, require


class RankRounds(Protocol):
    """Sums that rank correlations need of B rounds of a cell with T topics.

    In a round each response has a weight w, the number of times it was drawn, and a value polarity
    x.
    """

    @property
    def weight(self) -> FloatArray:
        """Sum of w over each topic's responses; (B, T)."""

    def rank_sums(self, masks: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Return the sums of w times the centred midrank of x, and of w times its square.

        `masks` (G, T) is True for topics over which ranks are taken; results (B, G, T), (B, G).
        """


class AlignmentRounds(RankRounds, Protocol):
    """Sums that every measure of alignment needs of the same rounds."""

    def power_sums(self, centre: float) -> tuple[FloatArray, FloatArray]:
        """Return the sums of w (x - centre) and of w (x - centre)^2 per topic; both (B, T)."""

    def distance_sums(self, targets: FloatArray) -> FloatArray:
        """Return the sum of w |x - target of its topic|; NaN counts as 0; (P, T) to (B, P)."""


class Pairs(StrEnum):
    """Pairs of responses to a topic over which self-consistency is computed."""

    OTHER_RESPONSES = "other_responses"
    """Pairs of different responses, weighted by how often each was drawn."""
    OTHER_DRAWS = "other_draws"
    """Pairs of different draws, as published: a response drawn twice is paired with itself."""
    ALL = "all"
    """All pairs, self-pairs included: the expectation of `OTHER_DRAWS` over draws of responses, and
    its limit for many copies."""


class ConsistencyRounds(Protocol):
    """Sums over pairs of responses to the same topic that self-consistency needs."""

    @property
    def values(self) -> FloatArray:
        """Unique values of x, ascending; (V,)."""

    def pair_weights(self, pairs: Pairs) -> FloatArray:
        """Return the weight of all ordered pairs whose first response has each value; (B, V)."""

    def pair_products(self, scores: FloatArray, pairs: Pairs) -> FloatArray:
        """Return the sum over ordered pairs of the product of their scores; (B, V) to (B,)."""


@dataclass(frozen=True, eq=False)
class TopicRounds:
    """Rounds in which whole topics are drawn; a topic drawn twice counts as two topics.

    Pairs of responses are formed within each copy of a topic, never between copies. What rank
    correlations need is computed, and lies in memory, with the rounds adjacent.
    """

    cell: Cell
    draws: FloatArray
    """Draws of each of the cell's topics; (B, T). Any nonnegative weights are allowed."""

    def __post_init__(self) -> None:
        topics = self.cell.topics.size
        require(
            self.draws.ndim == 2 and self.draws.shape[1] == topics,
            f"draws of shape {self.draws.shape} for a cell with {topics} topics",
        )

    @property
    def weight(self) -> FloatArray:
        """Sum of w over each topic's responses; (B, T)."""
        return (self._by_topic * self.cell.responses_per_topic[:, None]).T

    @cached_property
    def _by_topic(self) -> FloatArray:
        """Draws of each topic; (T, B)."""
        return np.ascontiguousarray(self.draws.T)

    def rank_sums(self, masks: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Return the sums of w r (B, G, T) and w r^2 (B, G), with r the centred midrank of x."""
        counts = self.cell.counts
        topics, values = counts.shape
        rounds, groups = len(self.draws), len(masks)
        masked = (masks[:, None, :] * counts.T).reshape(groups * values, topics)
        totals = column_products(masked, self._by_topic).reshape(groups, values, rounds)
        ranks, squares = centred_midranks(totals.transpose(2, 0, 1))
        sums = column_products(counts, ranks.transpose(1, 2, 0))
        sums *= self._by_topic
        return sums.transpose(2, 0, 1), squares

    def power_sums(self, centre: float) -> tuple[FloatArray, FloatArray]:
        """Return the sums of w (x - centre) and of w (x - centre)^2 per topic; both (B, T)."""
        shifted = self.cell.values - centre
        first, second = self.cell.counts @ shifted, self.cell.counts @ shifted**2
        return self.draws * first, self.draws * second

    def distance_sums(self, targets: FloatArray) -> FloatArray:
        """Return the sum of w |x - target of its topic|; NaN counts as 0; (P, T) to (B, P)."""
        gaps = np.abs(self.cell.values - targets[:, :, None])
        per_topic = np.einsum("tv,ptv->pt", self.cell.counts, gaps)
        return row_products(self.draws, np.nan_to_num(per_topic).T)

    @property
    def values(self) -> FloatArray:
        """Unique values of x, ascending; (V,)."""
        return self.cell.values

    def pair_weights(self, pairs: Pairs) -> FloatArray:
        """Return the weight of all ordered pairs whose first response has each value; (B, V)."""
        partners = self.cell.responses_per_topic - (0.0 if pairs is Pairs.ALL else 1.0)
        return column_products((self.cell.counts * partners[:, None]).T, self._by_topic).T

    def pair_products(self, scores: FloatArray, pairs: Pairs) -> FloatArray:
        """Return the sum over ordered pairs of the product of their scores; (B, V) to (B,)."""
        by_value = scores.T
        products = column_products(self.cell.counts, by_value)
        products *= products
        if pairs is not Pairs.ALL:
            products -= column_products(self.cell.counts, by_value * by_value)
        return np.asarray(np.einsum("tb,tb->b", self._by_topic, products))


def as_observed(cell: Cell) -> TopicRounds:
    """Return one round in which each response has weight 1; its measures are the estimates."""
    return TopicRounds(cell, np.ones((1, cell.topics.size)))
