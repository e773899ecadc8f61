"""Pieces of units, and what becomes of one that was in an engine when the engine died.

A unit is committed as one shard whatever happens on the way; a piece is what a replica has in hand
of it: all of it, until engines die. Nobody sees which request killed an engine, so every piece in
hand is suspected a little:

- after the first death it simply goes to another replica;
- after the second it is a suspect: it runs alone in an engine, so that the next death is its own;
- a suspect that kills an engine alone is halved, and its halves are suspects;
- a single request that kills two engines alone is condemned: recorded as failed, with the reason.

An innocent piece therefore always ends with responses, and a poison request costs about
4 + log2(requests in the unit) engines. A machine that goes away blames nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

DEATHS_TO_SUSPECT = 2
DEATHS_TO_CONDEMN = 2
"""Engines that a single request has to kill while alone: the first may have died otherwise."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive rows of a unit that go to a replica together."""

    unit: str
    """Identity of the unit: the path of its shard."""
    start: int
    size: int
    """Requests."""
    tokens: float
    """Output tokens expected; only ratios matter."""
    deaths: int = 0
    """Engines that died while it was in them among others."""
    alone: int = 0
    """Engines that died while nothing else was in them."""

    @property
    def suspect(self) -> bool:
        """Return whether it has to run alone."""
        return self.deaths >= DEATHS_TO_SUSPECT

    @property
    def condemned(self) -> bool:
        """Return whether it is a single request that kills engines."""
        return self.size == 1 and self.alone >= DEATHS_TO_CONDEMN

    def after_death(self) -> list[Chunk]:
        """Return what there is to run after an engine died with this in it; two halves at most."""
        if not self.suspect:
            return [replace(self, deaths=self.deaths + 1)]
        if self.size == 1:
            return [replace(self, alone=self.alone + 1)]
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
