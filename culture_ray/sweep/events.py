"""What a running sweep tells whoever watches it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Counters:
    """What a replica has done since it started."""

    requests: int = 0
    output_tokens: int = 0
    in_flight: int = 0
    settled: int = 0
    """Rows of pieces that are done with, answered or not."""
    signs_of_life: int = 0
    """Rises whenever its engine makes tokens."""


@dataclass(frozen=True)
class ChunkDone:
    """What became of a piece."""

    rows: int = 0
    """Rows that stand in the store because of it."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """Requests without a response, by kind."""
    unparsable: int = 0
    """Labels that say that the judge's answer could not be read."""
    output_tokens: int = 0
    complete: bool = True
    """Whether all its rows stand in the store."""
    elsewhere: bool = False
    """Another driver has its unit, or had committed it already."""

    @property
    def failed(self) -> int:
        """Return the requests without a response."""
        return sum(self.failures.values())


class Listener(Protocol):
    """Gets every event of the executor; must return at once."""

    def say(self, sentence: str) -> None:
        """Something that people have to know."""

    def spent(self, dollars: Mapping[str, float]) -> None:
        """About once a second: what each model is charged so far."""

    def loading(self, model: str, replica: str) -> None:
        """A replica begins to load."""

    def ready(self, model: str, replica: str) -> None:
        """A replica is loaded."""

    def lost(self, model: str, replica: str) -> None:
        """A replica died; its units go to another one."""

    def broken(self, model: str, why: str) -> None:
        """A model cannot go on."""

    def unit_done(self, model: str, requests: int, end: ChunkDone) -> None:
        """That many requests stand in the store, a unit or a part of one."""

    def tick(self, replicas: Mapping[str, tuple[str, Counters]]) -> None:
        """About once a second: (model, counters) of every replica."""
