"""Which topic each place of a round holds, when a topic may be drawn several times."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from culture_ray.measures.result import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Places:
    """The topic in each of S places of B rounds; an empty place holds any topic, with weight 0."""

    topics: int
    """How many topics there are, T."""
    held: IntArray
    """Index of the topic held; (B, S)."""

    @classmethod
    def one_each(cls, rounds: int, topics: int) -> Places:
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
