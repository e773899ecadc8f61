"""Joint draws of clusters of items, within strata where groups are contrasted.

A cluster is all items of one source question: its languages, its statements, its options. Each
round draws n - 1 of the n clusters of a stratum with replacement and weights a draw by n/(n - 1),
so that the variance of a weighted mean over the rounds is its unbiased estimate, in a stratum of
five clusters as in one of a thousand (Rao & Wu 1988, J. Am. Stat. Assoc. 83, 231-241).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from culture_ray.measures.resampling.streams import BLOCK, seeded_runs
from culture_ray.measures.result import IntArray, require

Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ItemClusters:
    """Clusters of the rows of a score matrix, and their strata."""

    of_row: IntArray
    """Index of each row's cluster, 0..C-1; (rows,)."""
    stratum: IntArray
    """Index of each cluster's stratum, 0..H-1; (C,)."""

    @classmethod
    def of(cls, clusters: Sequence[str], groups: Sequence[Sequence[str]] = ()) -> ItemClusters:
        """Return the clusters named by row, stratified by groupings, each with a group per row.

        A grouping in which rows of one cluster have different groups makes no strata: its groups
        are compared within clusters, whose draws are joint.
        """
        names, of_row = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
        first = np.zeros(names.size, np.int64)
        first[of_row[::-1]] = np.arange(of_row.size)[::-1]
        strata = np.zeros(names.size, np.int64)
        for grouping in groups:
            code = np.unique(np.asarray(grouping, dtype=str), return_inverse=True)[1]
            of_cluster = code[first]
            if np.array_equal(of_cluster[of_row], code):
                strata = strata * (int(code.max(initial=0)) + 1) + of_cluster
        return cls(of_row.astype(np.int64), np.unique(strata, return_inverse=True)[1])

    @property
    def count(self) -> int:
        """Number of clusters."""
        return int(self.stratum.size)

    def draws(self, rounds: int, seed: int, longest: int = BLOCK) -> Iterator[Weights]:
        """Yield the weights of the clusters in consecutive rounds, (at most `longest`, C) each.

        They depend on the clusters and the seed alone: all models, languages and conditions of a
        benchmark share them. A stratum of one cluster has weight 1 in every round.
        """
        strata = range(int(self.stratum.max(initial=-1)) + 1)
        members = [np.flatnonzero(self.stratum == h) for h in strata]
        for generator, start, stop in seeded_runs(rounds, seed, "items", BLOCK):
            weights = np.ones((stop - start, self.count), np.float32)
            for own in members:
                if own.size > 1:
                    weights[:, own] = _stratum_draws(own.size, stop - start, generator)
            for first in range(0, stop - start, longest):
                yield weights[first : first + longest]


def joined_by_cluster(
    values: npt.NDArray[np.float32], clusters: ItemClusters
) -> npt.NDArray[np.float32]:
    """Return the sums of rows (rows, ...) over each cluster: (C, ...)."""
    require(len(values) == clusters.of_row.size, f"{len(values)} rows of {clusters.of_row.size}")
    if clusters.count == len(values) and np.array_equal(clusters.of_row, np.arange(len(values))):
        return values
    order = np.argsort(clusters.of_row, kind="stable")
    starts = np.searchsorted(clusters.of_row[order], np.arange(clusters.count))
    return np.asarray(np.add.reduceat(values[order], starts, axis=0), dtype=np.float32)


def _stratum_draws(n: int, rounds: int, generator: np.random.Generator) -> Weights:
    at = generator.integers(0, n, (rounds, n - 1)) + n * np.arange(rounds)[:, None]
    counts = np.bincount(at.ravel(), minlength=rounds * n).reshape(rounds, n)
    return np.asarray(counts * (n / (n - 1)), dtype=np.float32)
