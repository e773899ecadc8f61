"""One stage of one model, as far as it is: what a running sweep knows of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from culture_ray.sweep.plan.estimate import MeasuredRate, seconds_left

_ENDING_S = 0.5
"""A shorter time is none to tell: the last answers are late, and nobody knows by how much."""

Phase = Literal["waiting", "working", "stopped", "done"]


@dataclass
class StageProgress:
    """One stage of one model, or a stage that asks none."""

    stage: str
    model: str = ""
    """Empty for a stage that asks no model."""
    total: int = 0
    done: int = 0
    """Requests that stand in the store."""
    resumed: int = 0
    """Of those, done before this session."""
    failures: dict[str, int] = field(default_factory=dict)
    """Requests without a response, by kind (`engines.failures`)."""
    unparsable: int = 0
    """Judge's answers that could not be read."""
    begun: bool = False
    ended: bool = False
    """Whether a stage that asks no model is through."""
    replicas: int = 0
    loading: int = 0
    broken: str = ""
    began: tuple[float, int, int] | None = None
    """When its first replica was ready: clock, settled requests and tokens until then."""
    seconds: float = 0.0
    settled: int = 0
    tokens: int = 0
    """Since then. Engines answer in bursts, so the pace is that of the whole stage so far."""

    in_flight: int = 0
    """Requests that engines have in hand right now."""
    planned: tuple[float, float | None] = (0.0, None)
    """Output tokens of a response, and of all replicas per second, as the plan has them."""

    @property
    def name(self) -> str:
        """Return the stage and its model, which a judge's stage already names."""
        _, _, judge = self.stage.partition("judge ")
        named = self.model in {judge, f"judge-{judge}"}
        return self.stage if named else f"{self.stage} {self.model}".rstrip()

    @property
    def phase(self) -> Phase:
        """Return how far it is."""
        if self.broken:
            return "stopped"
        if self.ended or (self.model and self.done >= self.total):
            return "done"
        return "working" if self.replicas or (self.begun and not self.model) else "waiting"

    @property
    def moving(self) -> bool:
        """Return whether it has a pace: engines answer its requests."""
        return self.phase == "working" and self.replicas > 0

    @property
    def state(self) -> str:
        """Return its phase as a word for people; empty while it has a time left instead."""
        if self.moving:
            left = self.seconds_left
            return "ending" if left is not None and left < _ENDING_S else ""
        if self.phase == "done" and self.model and self.resumed >= self.total:
            return "was done"
        return "loading" if self.phase == "waiting" and self.loading else self.phase

    @property
    def failed(self) -> int:
        """Return the requests without a response."""
        return sum(self.failures.values())

    @property
    def rate(self) -> float:
        """Return output tokens per second."""
        return self.tokens / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Return the time left: by the plan at first, then at the pace so far; None for neither."""
        left = max(0, self.total - self.resumed - self.settled)
        seen = MeasuredRate(self.seconds, self.settled, self.tokens, self.in_flight)
        return seconds_left(left, *self.planned, seen)
