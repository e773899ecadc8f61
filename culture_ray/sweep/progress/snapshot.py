"""What a running sweep looks like at one moment: its lines, its money, its time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from culture_ray.sweep.plan.estimate import MeasuredRate, seconds_left

KINDS_SHOWN = 4
"""Kinds of failures that are named, the most frequent first; more are summed up."""

_ENDING_S = 0.5
"""A shorter time is none to tell: the last answers are late, and nobody knows by how much."""

Phase = Literal["waiting", "working", "stopped", "done"]


@dataclass(frozen=True)
class Snapshot:
    """All that is shown, on the sweep's own terminal and to whoever watches from another."""

    lines: Sequence[StageProgress]
    seconds: float = 0.0
    """Since the sweep began."""
    dollars: Mapping[str, float] = field(default_factory=dict)
    """What each model is charged; empty where nothing costs money."""
    cap_dollars: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Snapshot:
        """Return what `as_dict` made."""
        lines = [StageProgress(**_with_tuples(line)) for line in content["lines"]]
        return cls(**{**content, "lines": lines})

    def money(self) -> str | None:
        """Return what is spent, None where nothing costs money."""
        if not self.dollars:
            return None
        each = ", ".join(f"{model} ${spent:,.4f}" for model, spent in self.dollars.items())
        of = "" if self.cap_dollars is None else f" of ${self.cap_dollars:,.2f}"
        return f"spent or reserved: ${sum(self.dollars.values()):,.4f}{of} ({each})"

    def stops(self) -> list[str]:
        """Return why models cannot go on."""
        return [f"{line.name} cannot go on: {line.broken}" for line in self.lines if line.broken]

    def troubles(self, most: int) -> list[str]:
        """Return what failed, by kind: a sentence per line, or per stage where those
        are over `most`.

        A stage is named by the first word of its name, so that all judges are one.
        """
        each = {line.name: (Counter(line.failures), line.unparsable) for line in self.lines}
        told = [f"{name}: {words}" for name, how in each.items() if (words := trouble(*how))]
        if len(told) <= most:
            return told
        stages: dict[str, tuple[Counter[str], int]] = {}
        for line in self.lines:
            failures, unparsable = stages.get(line.stage.split()[0], (Counter(), 0))
            summed = (failures + Counter(line.failures), unparsable + line.unparsable)
            stages[line.stage.split()[0]] = summed
        return [f"{name}: {words}" for name, how in stages.items() if (words := trouble(*how))]


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


def trouble(failures: Mapping[str, int], unparsable: int = 0) -> str:
    """Return failures in words, such as '9 failed: 7 prompt too long, 2 engine died'.

    Empty where nothing failed.
    """
    kinds = sorted(failures.items(), key=lambda kind: (-kind[1], kind[0]))
    alone = len(kinds) == 1
    shown = [kind if alone else f"{count:,} {kind}" for kind, count in kinds[:KINDS_SHOWN]]
    if rest := sum(count for _, count in kinds[KINDS_SHOWN:]):
        shown.append(f"{rest:,} of {len(kinds) - KINDS_SHOWN} more kinds")
    parts = [f"{sum(failures.values()):,} failed: {', '.join(shown)}"] if shown else []
    if unparsable:
        parts.append(f"{unparsable:,} unparsable")
    return "; ".join(parts)


def _with_tuples(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what JSON made lists of as tuples again."""
    return {name: tuple(v) if isinstance(v, list) else v for name, v in content.items()}
