"""Resampling rounds of one cell, seen only through the sums that the measures need."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np

from culture_ray.measures.cells import Cell
from culture_ray.measures.products import row_products
from culture_ray.measures.ranks import centred_midranks
from culture_ray.measures.result import BoolArray, FloatArray, require


class AlignmentRounds(Protocol):
    """What alignment needs of B rounds of a cell with T topics.

    A round gives every response a weight w (how often it was drawn); x is its value polarity.
    """

    @property
    def weight(self) -> FloatArray:
        """Sum of w over each topic's responses; (B, T)."""

    def rank_sums(self, masks: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Sums of w times the centred midrank of x, and of w times its square.

        `masks` (G, T) says which topics the ranks are taken over; results (B, G, T), (B, G).
        """

    def power_sums(self, centre: float) -> tuple[FloatArray, FloatArray]:
        """Sums of w (x - centre), and of w (x - centre)^2, over each topic; both (B, T)."""

    def distance_sums(self, targets: FloatArray) -> FloatArray:
        """Sum of w |x - target of its topic|; targets (P, T) with NaN, which add 0; (B, P)."""


class Pairs(StrEnum):
    """Which responses to a topic are paired with each other."""

    OTHER_RESPONSES = "other_responses"
    """Different responses only, however often each was drawn."""
    OTHER_DRAWS = "other_draws"
    """Different draws, as published: a response drawn twice agrees with itself."""
    ALL = "all"
    """Each draw with all of its topic, itself included: what `OTHER_DRAWS` is on average when
    responses are drawn, and its limit for many copies."""


class ConsistencyRounds(Protocol):
    """What self-consistency needs: sums over pairs of responses to one topic."""

    @property
    def values(self) -> FloatArray:
        """Unique values of x, ascending; (V,)."""

    def pair_weights(self, pairs: Pairs) -> FloatArray:
        """Weight of all ordered pairs whose first response has each value; (B, V)."""

    def pair_products(self, scores: FloatArray, pairs: Pairs) -> FloatArray:
        """Sum over ordered pairs of the product of their scores; scores (B, V), result (B,)."""


@dataclass(frozen=True, eq=False)
class TopicRounds:
    """Rounds that draw whole topics: a topic drawn twice counts as two topics.

    Pairs of responses are formed within each copy, never between copies of a topic.
    """

    cell: Cell
    draws: FloatArray
    """How often each of the cell's topics was drawn; (B, T). Any weights of 0 or more will do."""

    def __post_init__(self) -> None:
        topics = self.cell.topics.size
        require(
            self.draws.ndim == 2 and self.draws.shape[1] == topics,
            f"draws of shape {self.draws.shape} for a cell with {topics} topics",
        )

    @property
    def weight(self) -> FloatArray:
        """Sum of w over each topic's responses; (B, T)."""
        return self.draws * self.cell.responses_per_topic

    def rank_sums(self, masks: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Sums of w times the centred midrank of x (B, G, T), and of w times its square (B, G)."""
        counts = self.cell.counts
        topics, values = counts.shape
        rounds, groups = len(self.draws), len(masks)
        masked = (masks.T[:, :, None] * counts[:, None, :]).reshape(topics, groups * values)
        totals = row_products(self.draws, masked).reshape(rounds, groups, values)
        ranks, squares = centred_midranks(totals)
        sums = row_products(ranks.reshape(rounds * groups, values), counts.T)
        sums = sums.reshape(rounds, groups, topics) * self.draws[:, None, :]
        return sums, squares

    def power_sums(self, centre: float) -> tuple[FloatArray, FloatArray]:
        """Sums of w (x - centre), and of w (x - centre)^2, over each topic; both (B, T)."""
        shifted = self.cell.values - centre
        first, second = self.cell.counts @ shifted, self.cell.counts @ shifted**2
        return self.draws * first, self.draws * second

    def distance_sums(self, targets: FloatArray) -> FloatArray:
        """Sum of w |x - target of its topic|; targets (P, T) with NaN, which add 0; (B, P)."""
        gaps = np.abs(self.cell.values - targets[:, :, None])
        per_topic = np.einsum("tv,ptv->pt", self.cell.counts, gaps)
        return row_products(self.draws, np.nan_to_num(per_topic).T)

    @property
    def values(self) -> FloatArray:
        """Unique values of x, ascending; (V,)."""
        return self.cell.values

    def pair_weights(self, pairs: Pairs) -> FloatArray:
        """Weight of all ordered pairs whose first response has each value; (B, V)."""
        partners = self.cell.responses_per_topic - (0.0 if pairs is Pairs.ALL else 1.0)
        return row_products(self.draws, self.cell.counts * partners[:, None])

    def pair_products(self, scores: FloatArray, pairs: Pairs) -> FloatArray:
        """Sum over ordered pairs of the product of their scores; scores (B, V), result (B,)."""
        products = row_products(scores, self.cell.counts.T) ** 2
        if pairs is not Pairs.ALL:
            products -= row_products(scores**2, self.cell.counts.T)
        return np.asarray(np.einsum("bt,bt->b", self.draws, products))


def as_observed(cell: Cell) -> TopicRounds:
    """One round in which every response counts once: the measures of it are the estimates."""
    return TopicRounds(cell, np.ones((1, cell.topics.size)))
