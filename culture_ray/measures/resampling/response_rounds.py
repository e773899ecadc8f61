"""Rounds that draw responses: each response of a cell has its own weight in each round."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from culture_ray.measures.cells import MEAN_DECIMALS
from culture_ray.measures.ranks import centred_midranks, precedence
from culture_ray.measures.result import BoolArray, FloatArray, IntArray
from culture_ray.measures.rounds import Pairs


@dataclass(frozen=True, eq=False)
class ResponseRounds:
    """B rounds of a cell of T topics and V values, as sums of the responses' weights.

    The copies of a topic drawn several times are different topics to self-consistency, and one
    to response-level alignment, which asks only for a topic's ground truth.
    """

    values: FloatArray
    """Unique values of x, ascending; (V,)."""
    places: TopicSlots
    """Which topic is in each of S places."""
    drawn: FloatArray
    """Sum of weights per place and value; (B, S, V)."""
    squares: FloatArray
    """Sum of squared weights per value; (B, V)."""

    @cached_property
    def counts(self) -> FloatArray:
        """Sum of weights per topic and value; (B, T, V)."""
        return self.places.sum_by_topic(self.drawn)

    @cached_property
    def per_place(self) -> FloatArray:
        """Sum of weights per place; (B, S)."""
        return np.asarray(self.drawn @ np.ones(self.values.size))

    @cached_property
    def weight(self) -> FloatArray:
        """Sum of w over each topic's responses; (B, T)."""
        return self.places.sum_by_topic(self.per_place[:, :, None])[:, :, 0]

    def rank_sums(self, masks: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Sums of w times the centred midrank of x (B, G, T), and of w times its square (B, G)."""
        ranks, squares = centred_midranks(masks.astype(np.float64) @ self.counts)
        return ranks @ self.counts.transpose(0, 2, 1), squares

    def power_sums(self, centre: float) -> tuple[FloatArray, FloatArray]:
        """Sums of w (x - centre), and of w (x - centre)^2, over each topic; both (B, T)."""
        shifted = self.values - centre
        return self.counts @ shifted, self.counts @ shifted**2

    def distance_sums(self, targets: FloatArray) -> FloatArray:
        """Sum of w |x - target of its topic|; targets (P, T) with NaN, which add 0; (B, P)."""
        gaps = np.nan_to_num(np.abs(self.values - targets[:, :, None]))
        rounds, topics, values = self.counts.shape
        flat = gaps.reshape(len(targets), topics * values)
        return np.asarray(self.counts.reshape(rounds, topics * values) @ flat.T)

    def pair_weights(self, pairs: Pairs) -> FloatArray:
        """Weight of all ordered pairs whose first response has each value; (B, V)."""
        all_pairs = (self.per_place[:, None, :] @ self.drawn)[:, 0]
        return np.asarray(all_pairs - self._left_out(pairs))

    def pair_products(self, scores: FloatArray, pairs: Pairs) -> FloatArray:
        """Sum over ordered pairs of the product of their scores; scores (B, V), result (B,)."""
        sums = (self.drawn @ scores[:, :, None])[:, :, 0]
        all_pairs = np.einsum("bs,bs->b", sums, sums)
        left_out = np.einsum("bv,bv,bv->b", self._left_out(pairs), scores, scores)
        return np.asarray(all_pairs - left_out)

    def _left_out(self, pairs: Pairs) -> FloatArray:
        """Weight of the pairs that are not formed, all of them between equal values; (B, V)."""
        if pairs is Pairs.OTHER_RESPONSES:
            return self.squares
        if pairs is Pairs.OTHER_DRAWS:
            return np.asarray(self.drawn.sum(axis=1))
        return np.zeros_like(self.squares)

    def topic_means(self) -> MeanRounds:
        """The same rounds with one row per drawn topic, the mean of its drawn responses."""
        total = self.per_place
        sums = self.drawn @ self.values
        means = np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 0)
        return MeanRounds(self.places, np.round(means, MEAN_DECIMALS))


@dataclass(frozen=True, eq=False)
class MeanRounds:
    """B rounds with one row of weight 1 per drawn topic, the mean of its drawn responses."""

    places: TopicSlots
    """Which topic is in each of S places."""
    means: FloatArray
    """Mean value polarity in each place, NaN where nothing was drawn; (B, S)."""

    @property
    def weight(self) -> FloatArray:
        """How many rows each topic has; (B, T)."""
        return self.places.sum_by_topic(self._rows[:, :, None])[:, :, 0]

    def rank_sums(self, masks: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Sums of the centred midranks of the means (B, G, T), and of their squares (B, G)."""
        among = masks[:, self.places.held].transpose(1, 0, 2).astype(np.float64)
        # TopicSlots without a mean precede nothing and have rank 0.
        ranks = among @ precedence(self.means)
        squares = np.einsum("bgs,bgs,bgs->bg", among, ranks, ranks)
        return self.places.sum_by_topic(ranks.transpose(0, 2, 1)).transpose(0, 2, 1), squares

    def power_sums(self, centre: float) -> tuple[FloatArray, FloatArray]:
        """Sums of (mean - centre), and of its square, over each topic's rows; both (B, T)."""
        shifted = np.nan_to_num(self.means - centre)
        sums = self.places.sum_by_topic(np.stack([shifted, shifted**2], axis=2))
        return sums[:, :, 0], sums[:, :, 1]

    def distance_sums(self, targets: FloatArray) -> FloatArray:
        """Sum of |mean - target of its topic|; targets (P, T) with NaN, which add 0; (B, P)."""
        gaps = np.nan_to_num(np.abs(self.means - targets[:, self.places.held]))
        return np.asarray(gaps.sum(axis=2).T)

    @property
    def _rows(self) -> FloatArray:
        return (~np.isnan(self.means)).astype(np.float64)


@dataclass(frozen=True, eq=False)
class TopicSlots:
    """The topic in each of S places of B rounds; an empty place holds any topic, with weight 0."""

    topics: int
    """How many topics there are, T."""
    held: IntArray
    """Index of the topic held; (B, S)."""

    @classmethod
    def one_each(cls, rounds: int, topics: int) -> TopicSlots:
        """Every topic once, in order."""
        return cls(topics, np.broadcast_to(np.arange(topics), (rounds, topics)))

    @cached_property
    def _in_order(self) -> bool:
        order = np.arange(self.topics)
        return self.held.shape[1] == self.topics and bool(np.all(self.held == order))

    def sum_by_topic(self, at_places: FloatArray) -> FloatArray:
        """Sums (B, T, K) over the places (B, S, K) that hold each topic."""
        if self._in_order:
            return at_places
        holds = np.arange(self.topics)[:, None] == self.held[:, None, :]
        return np.asarray(holds.astype(np.float64) @ at_places)
