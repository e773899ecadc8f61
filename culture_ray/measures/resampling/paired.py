"""Paired differences: figures of two studies of the same topics, second minus first.

Both studies see the same draws of topics, so that what topics do to both cancels, and the
difference's error is that of the difference, not of two figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import special

from culture_ray.measures.resampling.spread import standard_errors
from culture_ray.measures.result import BoolArray, FloatArray, IntArray, require


@dataclass(frozen=True, eq=False)
class Difference:
    """F figures of two studies and how far they differ; NaN where one side is undefined."""

    first: FloatArray
    """(F,)"""
    second: FloatArray
    """(F,)"""
    rounds: FloatArray
    """Second minus first in each joint draw of topics; (B, F)."""

    @classmethod
    def of(cls, first: FloatArray, second: FloatArray) -> Difference:
        """The difference of figures as observed and then in each round, both (1 + B, F)."""
        require(first.shape == second.shape, f"figures {first.shape} beside {second.shape}")
        return cls(first[0], second[0], second[1:] - first[1:])

    @property
    def value(self) -> FloatArray:
        """Second minus first; (F,)."""
        return np.asarray(self.second - self.first)

    def interval(self, clusters: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Standard error and the ends of the 95 % t interval over `clusters` topics; (F,) each.

        NaN for a difference that is undefined, or that rests on fewer than FEWEST_TOPICS topics.
        """
        error = np.where(np.isnan(self.value), np.nan, standard_errors(self.rounds, clusters))
        reach = special.stdtrit(np.maximum(clusters - 1, 1), 0.975) * error
        return error, self.value - reach, self.value + reach


@dataclass
class MeanDifference:
    """The mean of differences that are added one by one, in the memory of one."""

    _first: FloatArray = field(default_factory=lambda: np.zeros(0))
    _second: FloatArray = field(default_factory=lambda: np.zeros(0))
    _rounds: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    count: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    """Differences that each figure's mean is of; (F,)."""
    _topics: list[set[int]] = field(default_factory=list)

    def add(self, one: Difference, topics: list[IntArray]) -> None:
        """Add a difference; `topics` are those that each figure of it rests on."""
        if not self.count.size:
            self._first, self._second = np.zeros_like(one.first), np.zeros_like(one.first)
            self._rounds = np.zeros_like(one.rounds)
            self.count = np.zeros(one.first.shape, np.int64)
            self._topics = [set() for _ in topics]
        defined: BoolArray = ~np.isnan(one.value)
        self._first += np.where(defined, one.first, 0.0)
        self._second += np.where(defined, one.second, 0.0)
        # A round in which one of the differences is undefined has no mean.
        self._rounds += np.where(defined, one.rounds, 0.0)
        self.count += defined
        for known, mine, takes_part in zip(self._topics, topics, defined, strict=True):
            if takes_part:
                known.update(mine.tolist())

    @property
    def topics(self) -> IntArray:
        """Different topics that each figure's mean rests on; (F,)."""
        return np.array([len(known) for known in self._topics], np.int64)

    def mean(self) -> Difference:
        """The mean over the differences in which a figure is defined; NaN where it is in none."""
        count = np.where(self.count > 0, self.count, np.nan)
        return Difference(self._first / count, self._second / count, self._rounds / count)
