"""Chunks of units, and the search for requests that kill engines.

A unit is committed as one shard whatever happens on the way. A chunk is the part of it that a
replica runs at a time: the whole unit, until engines die. As nobody sees which request killed an
engine, every chunk in it becomes a little more suspect:

- after the first death it goes to another replica;
- after the second it is a suspect: it runs alone in an engine, so that the next death is its own;
- a suspect that kills an engine alone is halved, and both halves are suspects;
- a single request that kills two engines alone is poisoned: it is recorded as failed, with the
  reason.

An innocent chunk therefore always ends with responses, and a poisoned request costs about
4 + log2(requests in the unit) engines. A node that leaves blames no chunk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

DEATHS_TO_SUSPECT = 2
DEATHS_TO_POISON = 2
"""Engines that a single request has to kill while alone: the first may have died otherwise."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive rows of a unit that are dispatched together."""

    unit: str
    """Identity of the unit: the path of its shard."""
    start: int
    size: int
    """Number of requests."""
    tokens: float
    """Output tokens expected; only ratios matter."""
    deaths: int = 0
    """Engines that died while they ran it among other chunks."""
    deaths_alone: int = 0
    """Engines that died while they ran nothing else."""

    @property
    def suspect(self) -> bool:
        """Return True if the chunk has to run alone."""
        return self.deaths >= DEATHS_TO_SUSPECT

    @property
    def poisoned(self) -> bool:
        """Return True for a single request that kills engines."""
        return self.size == 1 and self.deaths_alone >= DEATHS_TO_POISON

    def after_death(self) -> list[Chunk]:
        """Return the chunk, or its two halves, as they run after an engine died with it."""
        if not self.suspect:
            return [replace(self, deaths=self.deaths + 1)]
        if self.size == 1:
            return [replace(self, deaths_alone=self.deaths_alone + 1)]
        first = self.size // 2
        second = self.size - first
        return [
            replace(self, size=first, tokens=self.tokens * first / self.size),
            replace(
                self,
                start=self.start + first,
                size=second,
                tokens=self.tokens * second / self.size,
            ),
        ]
