"""Events of a running sweep, and the protocol of the listeners that receive them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from culture_ray.spending.breaker import Outage


@dataclass(frozen=True)
class Counters:
    """Counts of one replica since it started."""

    requests: int = 0
    output_tokens: int = 0
    in_flight: int = 0
    settled: int = 0
    """Rows of chunks that are done with, answered or not."""
    signs_of_life: int = 0
    """Rises whenever its engine produces tokens."""
    unstored: int = 0
    """Rows that are answered and not in the store yet."""


@dataclass(frozen=True)
class ChunkDone:
    """Result of running a chunk on a replica."""

    rows: int = 0
    """Rows added to the store."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """Requests without a response, by kind."""
    unparsable: int = 0
    """Labels recording that the judge's response could not be parsed."""
    output_tokens: int = 0
    complete: bool = True
    """True if all its rows are in the store."""
    claimed_elsewhere: bool = False
    """True if another driver has claimed its unit, or has already committed it."""

    @property
    def failed(self) -> int:
        """Return the number of requests without a response."""
        return sum(self.failures.values())


class Listener(Protocol):
    """Receiver of every event of the executor; its methods must return at once."""

    def say(self, sentence: str) -> None:
        """Show a sentence to the user."""

    def spent(self, dollars: Mapping[str, float]) -> None:
        """Receive, about once a second, the amount charged to each model."""

    def provider_outages(self, outages: Mapping[str, Outage]) -> None:
        """Receive, about once a second, the models whose requests wait for their provider."""

    def replica_loading(self, model: str, replica: str) -> None:
        """Receive the start of a replica, which begins to load."""

    def replica_ready(self, model: str, replica: str) -> None:
        """Receive that a replica is loaded."""

    def replica_lost(self, model: str, replica: str) -> None:
        """Receive the death of a replica; its units go to another one."""

    def model_abandoned(self, model: str, reason: str) -> None:
        """Receive that a model cannot continue."""

    def chunk_done(self, model: str, requests: int, result: ChunkDone, stage: str) -> None:
        """Receive that this many requests of a stage, a unit or a part, are in the store."""

    def tick(self, replicas: Mapping[str, tuple[str, Counters]]) -> None:
        """Receive, about once a second, (model, counters) of every replica."""
