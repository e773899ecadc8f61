"""Alignment in both halves of divided topics, and how far the halves agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from culture_ray.measures.cells import Cell
from culture_ray.measures.result import BoolArray, FloatArray
from culture_ray.regression.robustness.study import alignment_under


@dataclass(frozen=True, eq=False)
class SplitHalf:
    """Alignment of a cell in both halves of S halvings, with each of P populations; (R, S, P)."""

    first: FloatArray
    second: FloatArray

    @classmethod
    def of(
        cls, cell: Cell, ground_truth: FloatArray, halves: BoolArray, weights: FloatArray
    ) -> SplitHalf:
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

    def some(self, populations: int | slice) -> SplitHalf:
        """Return the alignments with one population, dropping the axis P, or with a slice."""
        return SplitHalf(self.first[..., populations], self.second[..., populations])


def rank_agreement(ranked: Sequence[SplitHalf]) -> FloatArray:
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


def best_match_agreement(one: SplitHalf) -> FloatArray:
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
