"""Split halves of the topics, and the agreement of alignment between the two halves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from culture_ray.measures.cells import Cell
from culture_ray.measures.resampling.streams import stream
from culture_ray.measures.result import BoolArray, FloatArray, IntArray
from culture_ray.regression.robustness.study import MIN_TOPICS, alignment_under

SPLITS = 100
"""Halvings at most; with more, a mean over them changes far less than with other topics."""

SMALLER_HALF = 0.25
"""Share of the topics that the smaller of two thematic halves has at least."""

_ENUMERATED = 12
"""Categories of which every division is looked at; of more, a sample of them."""


def random_splits(topics: IntArray, width: int, seed: int) -> BoolArray | str:
    """Return which topics are in the first half of each halving, or why there is none.

    `topics` are those divided of the caller's list of `width`; (SPLITS, width). Halves differ by
    one topic at most.
    """
    if topics.size < 2 * MIN_TOPICS:
        return f"Fewer than {2 * MIN_TOPICS} topics have responses and ground truth."
    order = stream(seed, "random halves", 0).random((SPLITS, topics.size)).argsort(axis=1)
    return _over_all(order < topics.size // 2, topics, width)


def thematic_splits(topics: IntArray, category: Sequence[str], seed: int) -> BoolArray | str:
    """Return halvings that keep a category's topics together, or why there is none.

    `category` names that of each topic of the caller's list. A division of the categories in two
    counts if both sides have at least `MIN_TOPICS` topics and a share of `SMALLER_HALF`; of more
    than SPLITS such, a sample, in random order; (halvings, topics in the list).
    """
    names, own = np.unique([category[topic] for topic in topics], return_inverse=True)
    if names.size < 2:
        return "The topics are of one category."
    generator = stream(seed, "thematic halves", 0)
    sides = _divisions(names.size, generator)[:, own]
    smaller = np.minimum(sides.sum(axis=1), (~sides).sum(axis=1))
    sides = sides[smaller >= max(MIN_TOPICS, SMALLER_HALF * topics.size)]
    if not len(sides):
        sizes = ", ".join(
            f"{n or 'none'} {k}" for n, k in zip(names, np.bincount(own), strict=True)
        )
        return f"No division of the categories leaves enough topics on both sides ({sizes})."
    sides = sides[generator.permutation(len(sides))[:SPLITS]]
    return _over_all(sides, topics, len(category))


@dataclass(frozen=True, eq=False)
class SplitHalfAlignment:
    """Alignment of a cell in both halves of S halvings, with each of P populations; (R, S, P)."""

    first: FloatArray
    second: FloatArray

    @classmethod
    def of(
        cls, cell: Cell, ground_truth: FloatArray, halves: BoolArray, weights: FloatArray
    ) -> SplitHalfAlignment:
        """Return a cell's alignment in the halves when topics count as each of R rounds says.

        `ground_truth` is (P, T), `halves` (S, T) says which topics are in the first half and
        `weights` (R, T) how often each counts, all over the caller's list of topics. A topic that
        counts twice does so in one half: copies in both would agree with each other.
        """
        sides = np.stack([halves, ~halves])[:, None]
        each = (weights[:, None, :] * sides).reshape(-1, weights.shape[1])
        aligned = alignment_under(cell, ground_truth, each).value
        first, second = aligned.reshape(2, len(weights), len(halves), len(ground_truth))
        return cls(first, second)

    def some(self, populations: int | slice) -> SplitHalfAlignment:
        """Return the alignments with one population, dropping the axis P, or with a slice."""
        return SplitHalfAlignment(self.first[..., populations], self.second[..., populations])


def rank_agreement(ranked: Sequence[SplitHalfAlignment]) -> FloatArray:
    """Return Kendall's tau between the halves' rankings, averaged over halvings; (R,).

    `ranked` are models or countries with their alignments (R, S). The mean is over halvings and
    pairs, of 1 where both halves rank a pair alike, -1 where they differ and 0 for ties; pairs with
    an undefined alignment are left out, NaN if none is defined.
    """
    first = np.stack([one.first for one in ranked])
    second = np.stack([one.second for one in ranked])
    agreeing, pairs = np.zeros(first.shape[1]), np.zeros(first.shape[1])
    for index in range(len(first) - 1):
        rest = slice(index + 1, None)
        alike = np.sign(first[index] - first[rest]) * np.sign(second[index] - second[rest])
        agreeing += np.nansum(alike, axis=(0, 2))
        pairs += np.count_nonzero(~np.isnan(alike), axis=(0, 2))
    return np.where(pairs > 0, agreeing / np.maximum(pairs, 1), np.nan)


def best_match_agreement(one: SplitHalfAlignment) -> FloatArray:
    """Return how often both halves find the same of P populations best aligned; (R,).

    `one` has alignments (R, S, P). A share of those of the S halvings in which both halves have
    at least two populations to choose from, NaN if there is none.
    """
    both = (one.first, one.second)
    if one.first.shape[2] < 2:
        return np.full(len(one.first), np.nan)
    usable = np.all([np.count_nonzero(~np.isnan(half), axis=2) >= 2 for half in both], axis=0)
    best = [np.where(np.isnan(half), -np.inf, half).argmax(axis=2) for half in both]
    same = ((best[0] == best[1]) & usable).sum(axis=1)
    count = usable.sum(axis=1)
    return np.where(count > 0, same / np.maximum(count, 1), np.nan)


def _divisions(categories: int, generator: np.random.Generator) -> BoolArray:
    if categories > _ENUMERATED:
        return np.asarray(generator.random((1 << _ENUMERATED, categories)) < 0.5)
    # The last category stays on its side: each division once.
    codes = np.arange(1, 1 << (categories - 1))
    return np.asarray((codes[:, None] >> np.arange(categories)) & 1, dtype=np.bool_)


def _over_all(halves: BoolArray, topics: IntArray, width: int) -> BoolArray:
    table = np.zeros((len(halves), width), dtype=np.bool_)
    table[:, topics] = halves
    return table
