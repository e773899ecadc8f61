"""Paired differences between the figures of two studies of the same topics, second minus first.

Both studies use the same draws of topics, so effects of topics on both cancel and the standard
error is that of the difference, not of two independent figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from culture_ray.measures.resampling.spread import standard_errors, t_half_width
from culture_ray.measures.result import BoolArray, FloatArray, IntArray, require


@dataclass(frozen=True, eq=False)
class Difference:
    """Differences between F figures of two studies; NaN where one of the two is undefined."""

    first: FloatArray
    """(F,)"""
    second: FloatArray
    """(F,)"""
    rounds: FloatArray
    """Second minus first in each joint draw of topics; (B, F)."""

    @classmethod
    def of(cls, first: FloatArray, second: FloatArray) -> Difference:
        """Return the difference of figures as observed and in each round, both (1 + B, F)."""
        require(first.shape == second.shape, f"figures of shapes {first.shape} and {second.shape}")
        return cls(first[0], second[0], second[1:] - first[1:])

    @property
    def value(self) -> FloatArray:
        """Second minus first; (F,)."""
        return np.asarray(self.second - self.first)

    def interval(self, clusters: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the standard error and the ends of the 95 % t interval over topics; (F,) each.

        `clusters` (F,) is the number of topics of each figure. NaN for a difference that is
        undefined or has fewer than FEWEST_TOPICS topics.
        """
        error = np.where(np.isnan(self.value), np.nan, standard_errors(self.rounds, clusters))
        reach = t_half_width(error, clusters)
        return error, self.value - reach, self.value + reach


@dataclass
class MeanDifference:
    """Running mean of differences, in the memory of one of them."""

    _first: FloatArray = field(default_factory=lambda: np.zeros(0))
    _second: FloatArray = field(default_factory=lambda: np.zeros(0))
    _rounds: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    count: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    """Number of differences in the mean of each figure; (F,)."""
    _topics: list[set[int]] = field(default_factory=list)

    def add(self, difference: Difference, topics: list[IntArray]) -> None:
        """Add a difference; `topics` are the topics that each of its figures is computed from."""
        if not self.count.size:
            self._first = np.zeros_like(difference.first)
            self._second = np.zeros_like(difference.first)
            self._rounds = np.zeros_like(difference.rounds)
            self.count = np.zeros(difference.first.shape, np.int64)
            self._topics = [set() for _ in topics]
        defined: BoolArray = ~np.isnan(difference.value)
        self._first += np.where(defined, difference.first, 0.0)
        self._second += np.where(defined, difference.second, 0.0)
        # A round in which one of the differences is undefined has no mean.
        self._rounds += np.where(defined, difference.rounds, 0.0)
        self.count += defined
        for all_topics, own, is_defined in zip(self._topics, topics, defined, strict=True):
            if is_defined:
                all_topics.update(own.tolist())

    @property
    def topics(self) -> IntArray:
        """Number of different topics in the mean of each figure; (F,)."""
        return np.array([len(topics) for topics in self._topics], np.int64)

    def mean(self) -> Difference:
        """Return the mean over the differences in which a figure is defined; NaN without any."""
        count = np.where(self.count > 0, self.count, np.nan)
        return Difference(self._first / count, self._second / count, self._rounds / count)
