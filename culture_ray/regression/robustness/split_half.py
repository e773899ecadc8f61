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
"""Largest number of splits; beyond it a mean over splits varies far less than with the topics."""

SMALLER_HALF = 0.25
"""Smallest share of the topics in a half of a thematic split."""

_ENUMERATED = 12
"""Largest number of categories whose splits are enumerated; beyond it they are sampled."""


def random_splits(topics: IntArray, width: int, seed: int) -> BoolArray | str:
    """Return the first halves of random splits (SPLITS, width), or the reason why there are none.

    `topics` are the indices of the topics to split, in the caller's list of `width` topics. The
    halves of a split differ by one topic at most.
    """
    if topics.size < 2 * MIN_TOPICS:
        return f"Fewer than {2 * MIN_TOPICS} topics have responses and ground truth."
    order = stream(seed, "random halves", 0).random((SPLITS, topics.size)).argsort(axis=1)
    return _in_all_topics(order < topics.size // 2, topics, width)


def thematic_splits(topics: IntArray, category: Sequence[str], seed: int) -> BoolArray | str:
    """Return the first halves of splits that keep each category together, or the reason for none.

    `category` is the category of each topic of the caller's list; the result is (splits, topics in
    the list). Both halves have at least `MIN_TOPICS` topics and a share of `SMALLER_HALF` of them.
    Of more than SPLITS such splits a random sample is returned, in random order.
    """
    names, own = np.unique([category[topic] for topic in topics], return_inverse=True)
    if names.size < 2:
        return "The topics are of one category."
    generator = stream(seed, "thematic halves", 0)
    sides = _category_splits(names.size, generator)[:, own]
    smaller = np.minimum(sides.sum(axis=1), (~sides).sum(axis=1))
    sides = sides[smaller >= max(MIN_TOPICS, SMALLER_HALF * topics.size)]
    if not len(sides):
        sizes = ", ".join(
            f"{n or 'none'} {k}" for n, k in zip(names, np.bincount(own), strict=True)
        )
        return f"No split of the categories leaves enough topics in both halves ({sizes})."
    sides = sides[generator.permutation(len(sides))[:SPLITS]]
    return _in_all_topics(sides, topics, len(category))


@dataclass(frozen=True, eq=False)
class SplitHalfAlignment:
    """Alignment of a cell with P populations in both halves of S splits, in R rounds; (R, S, P)."""

    first: FloatArray
    second: FloatArray

    @classmethod
    def of(
        cls, cell: Cell, ground_truth: FloatArray, halves: BoolArray, weights: FloatArray
    ) -> SplitHalfAlignment:
        """Return a cell's alignment in the halves for the topic weights of each of R rounds.

        `ground_truth` is (P, T), `halves` (S, T) is True for topics of the first half and `weights`
        (R, T) is the number of copies of each topic, all over the caller's list of topics. Copies
        of a topic stay in one half, because copies in both would agree with each other.
        """
        sides = np.stack([halves, ~halves])[:, None]
        each = (weights[:, None, :] * sides).reshape(-1, weights.shape[1])
        aligned = alignment_under(cell, ground_truth, each).value
        first, second = aligned.reshape(2, len(weights), len(halves), len(ground_truth))
        return cls(first, second)

    def with_populations(self, populations: int | slice) -> SplitHalfAlignment:
        """Return the alignments with one population, without axis P, or with a slice of them."""
        return SplitHalfAlignment(self.first[..., populations], self.second[..., populations])


def rank_agreement(ranked: Sequence[SplitHalfAlignment]) -> FloatArray:
    """Return Kendall's tau between the rankings of the two halves, averaged over splits; (R,).

    `ranked` are the alignments (R, S) of the models or countries that are ranked. Over splits and
    pairs the mean is taken of 1 where both halves rank a pair alike, -1 where they differ and 0 for
    ties. Pairs with an undefined alignment are left out; NaN if there is no other pair.
    """
    first = np.stack([alignment.first for alignment in ranked])
    second = np.stack([alignment.second for alignment in ranked])
    agreeing, pairs = np.zeros(first.shape[1]), np.zeros(first.shape[1])
    for index in range(len(first) - 1):
        rest = slice(index + 1, None)
        alike = np.sign(first[index] - first[rest]) * np.sign(second[index] - second[rest])
        agreeing += np.nansum(alike, axis=(0, 2))
        pairs += np.count_nonzero(~np.isnan(alike), axis=(0, 2))
    return np.where(pairs > 0, agreeing / np.maximum(pairs, 1), np.nan)


def best_match_agreement(alignment: SplitHalfAlignment) -> FloatArray:
    """Return the share of splits whose halves have the same best-aligned population; (R,).

    `alignment` holds alignments (R, S, P). The share is of the splits in which both halves have at
    least two defined alignments; NaN if there is none.
    """
    both = (alignment.first, alignment.second)
    if alignment.first.shape[2] < 2:
        return np.full(len(alignment.first), np.nan)
    usable = np.all([np.count_nonzero(~np.isnan(half), axis=2) >= 2 for half in both], axis=0)
    best = [np.where(np.isnan(half), -np.inf, half).argmax(axis=2) for half in both]
    same = ((best[0] == best[1]) & usable).sum(axis=1)
    count = usable.sum(axis=1)
    return np.where(count > 0, same / np.maximum(count, 1), np.nan)


def _category_splits(categories: int, generator: np.random.Generator) -> BoolArray:
    if categories > _ENUMERATED:
        return np.asarray(generator.random((1 << _ENUMERATED, categories)) < 0.5)
    # The last category is always in the second half, so that each split occurs once.
    codes = np.arange(1, 1 << (categories - 1))
    return np.asarray((codes[:, None] >> np.arange(categories)) & 1, dtype=np.bool_)


def _in_all_topics(halves: BoolArray, topics: IntArray, width: int) -> BoolArray:
    table = np.zeros((len(halves), width), dtype=np.bool_)
    table[:, topics] = halves
    return table
