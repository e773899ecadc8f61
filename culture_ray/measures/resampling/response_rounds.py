"""Rounds in which responses are drawn, so that each response has its own weight."""

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
    """B rounds of a cell with T topics and V values, as sums of the weights of responses.

    Each round has S slots, one per drawn topic. Copies of a topic are different topics for
    self-consistency, but the same for response-level alignment, which depends only on its ground
    truth.
    """

    values: FloatArray
    """Unique values of x, ascending; (V,)."""
    slots: TopicSlots
    """Topic in each of the S slots."""
    drawn: FloatArray
    """Sum of weights per slot and value; (B, S, V)."""
    squares: FloatArray
    """Sum of squared weights per value; (B, V)."""

    @cached_property
    def counts(self) -> FloatArray:
        """Sum of weights per topic and value; (B, T, V)."""
        return self.slots.sum_by_topic(self.drawn)

    @cached_property
    def per_slot(self) -> FloatArray:
        """Sum of weights per slot; (B, S)."""
        return np.asarray(self.drawn @ np.ones(self.values.size))

    @cached_property
    def weight(self) -> FloatArray:
        """Sum of w over each topic's responses; (B, T)."""
        return self.slots.sum_by_topic(self.per_slot[:, :, None])[:, :, 0]

    def rank_sums(self, masks: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Return the sums of w r (B, G, T) and w r^2 (B, G), with r the centred midrank of x."""
        ranks, squares = centred_midranks(masks.astype(np.float64) @ self.counts)
        return ranks @ self.counts.transpose(0, 2, 1), squares

    def power_sums(self, centre: float) -> tuple[FloatArray, FloatArray]:
        """Return the sums of w (x - centre) and of w (x - centre)^2 per topic; both (B, T)."""
        shifted = self.values - centre
        return self.counts @ shifted, self.counts @ shifted**2

    def distance_sums(self, targets: FloatArray) -> FloatArray:
        """Return the sum of w |x - target of its topic|; NaN counts as 0; (P, T) to (B, P)."""
        gaps = np.nan_to_num(np.abs(self.values - targets[:, :, None]))
        rounds, topics, values = self.counts.shape
        flat = gaps.reshape(len(targets), topics * values)
        return np.asarray(self.counts.reshape(rounds, topics * values) @ flat.T)

    def pair_weights(self, pairs: Pairs) -> FloatArray:
        """Return the weight of all ordered pairs whose first response has each value; (B, V)."""
        all_pairs = (self.per_slot[:, None, :] @ self.drawn)[:, 0]
        return np.asarray(all_pairs - self._left_out(pairs))

    def pair_products(self, scores: FloatArray, pairs: Pairs) -> FloatArray:
        """Return the sum over ordered pairs of the product of their scores; (B, V) to (B,)."""
        sums = (self.drawn @ scores[:, :, None])[:, :, 0]
        all_pairs = np.einsum("bs,bs->b", sums, sums)
        left_out = np.einsum("bv,bv,bv->b", self._left_out(pairs), scores, scores)
        return np.asarray(all_pairs - left_out)

    def _left_out(self, pairs: Pairs) -> FloatArray:
        """Return the weight of the pairs left out, which are all between equal values; (B, V)."""
        if pairs is Pairs.OTHER_RESPONSES:
            return self.squares
        if pairs is Pairs.OTHER_DRAWS:
            return np.asarray(self.drawn.sum(axis=1))
        return np.zeros_like(self.squares)

    def topic_means(self) -> MeanRounds:
        """Return the rounds with one row per drawn topic, the mean of its drawn responses."""
        total = self.per_slot
        sums = self.drawn @ self.values
        means = np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 0)
        return MeanRounds(self.slots, np.round(means, MEAN_DECIMALS))


@dataclass(frozen=True, eq=False)
class MeanRounds:
    """B topic-level rounds: one row of weight 1 per drawn topic, the mean of its responses."""

    slots: TopicSlots
    """Topic in each of the S slots."""
    means: FloatArray
    """Mean value polarity in each slot, NaN where nothing was drawn; (B, S)."""

    @property
    def weight(self) -> FloatArray:
        """Number of rows of each topic; (B, T)."""
        return self.slots.sum_by_topic(self._rows[:, :, None])[:, :, 0]

    def rank_sums(self, masks: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Return the sums of r (B, G, T) and r^2 (B, G), with r the centred midrank of the mean."""
        among = masks[:, self.slots.topic].transpose(1, 0, 2).astype(np.float64)
        # Slots without a mean have rank 0 and do not affect the others.
        ranks = among @ precedence(self.means)
        squares = np.einsum("bgs,bgs,bgs->bg", among, ranks, ranks)
        return self.slots.sum_by_topic(ranks.transpose(0, 2, 1)).transpose(0, 2, 1), squares

    def power_sums(self, centre: float) -> tuple[FloatArray, FloatArray]:
        """Return the sums of (mean - centre) and of its square per topic; both (B, T)."""
        shifted = np.nan_to_num(self.means - centre)
        sums = self.slots.sum_by_topic(np.stack([shifted, shifted**2], axis=2))
        return sums[:, :, 0], sums[:, :, 1]

    def distance_sums(self, targets: FloatArray) -> FloatArray:
        """Return the sum of |mean - target of its topic|; NaN counts as 0; (P, T) to (B, P)."""
        gaps = np.nan_to_num(np.abs(self.means - targets[:, self.slots.topic]))
        return np.asarray(gaps.sum(axis=2).T)

    @property
    def _rows(self) -> FloatArray:
        return (~np.isnan(self.means)).astype(np.float64)


@dataclass(frozen=True, eq=False)
class TopicSlots:
    """Topic in each of S slots of B rounds; an empty slot has any topic, with weight 0."""

    n_topics: int
    """Number of topics, T."""
    topic: IntArray
    """Index of the topic; (B, S)."""

    @classmethod
    def one_each(cls, rounds: int, topics: int) -> TopicSlots:
        """Return slots with every topic once, in order."""
        return cls(topics, np.broadcast_to(np.arange(topics), (rounds, topics)))

    @cached_property
    def _in_order(self) -> bool:
        order = np.arange(self.n_topics)
        return self.topic.shape[1] == self.n_topics and bool(np.all(self.topic == order))

    def sum_by_topic(self, per_slot: FloatArray) -> FloatArray:
        """Return the sums (B, T, K) over the slots (B, S, K) of each topic."""
        if self._in_order:
            return per_slot
        contains = np.arange(self.n_topics)[:, None] == self.topic[:, None, :]
        return np.asarray(contains.astype(np.float64) @ per_slot)
