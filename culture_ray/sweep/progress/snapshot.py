"""Snapshot of a running sweep: progress of every stage and model, spending, elapsed time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from culture_ray.spending.breaker import Outage
from culture_ray.sweep.plan.estimate import MeasuredRate, seconds_left

KINDS_SHOWN = 4
"""Kinds of failures that are named, the most frequent first; the others are summed up."""

_ENDING_S = 0.5
"""No shorter time left is shown: when the last responses arrive cannot be predicted."""

Phase = Literal["waiting", "working", "stopped", "done"]


@dataclass(frozen=True)
class Snapshot:
    """State of a sweep as shown on its own terminal and to `status --watch`."""

    rows: Sequence[StageProgress]
    seconds: float = 0.0
    """Seconds since the sweep began."""
    dollars: Mapping[str, float] = field(default_factory=dict)
    """Amount charged to each model; empty where nothing costs money."""
    cap_dollars: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the content of a snapshot file, for JSON."""
        content = asdict(self)
        rows = content.pop("rows")
        return {"lines": [_with_keys(row, _FILE_KEYS) for row in rows], **content}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Snapshot:
        """Return the snapshot from the content of its file, the inverse of `as_dict`."""
        fields = {key: value for key, value in content.items() if key != "lines"}
        names = {key: name for name, key in _FILE_KEYS.items()}
        rows = [StageProgress(**_with_keys(row, names)) for row in content["lines"]]
        return cls(rows, **fields)

    def spending(self) -> str | None:
        """Return a sentence on spending; None where nothing costs money."""
        if not self.dollars:
            return None
        each = ", ".join(f"{model} ${spent:,.4f}" for model, spent in self.dollars.items())
        of = "" if self.cap_dollars is None else f" of ${self.cap_dollars:,.2f}"
        return f"spent or reserved: ${sum(self.dollars.values()):,.4f}{of} ({each})"

    def outages(self) -> list[str]:
        """Return a sentence for each model that waits for its provider."""
        return [f"{row.name}: {row.outage}" for row in self.rows if row.state and row.outage]

    def abandoned_models(self) -> list[str]:
        """Return a sentence with the reason for each model that cannot continue."""
        return [
            f"{row.name} cannot continue: {row.abandoned}" for row in self.rows if row.abandoned
        ]

    def failure_summaries(self, limit: int) -> list[str]:
        """Return a sentence on the failures of each row, or of each stage if over `limit` rows.

        Stages are grouped by the first word of their name, so that all judges are one.
        """
        by_row = {row.name: (Counter(row.failures), row.unparsable) for row in self.rows}
        sentences = _sentences(by_row)
        if len(sentences) <= limit:
            return sentences
        by_stage: dict[str, tuple[Counter[str], int]] = {}
        for row in self.rows:
            failures, unparsable = by_stage.get(row.stage.split()[0], (Counter(), 0))
            total = (failures + Counter(row.failures), unparsable + row.unparsable)
            by_stage[row.stage.split()[0]] = total
        return _sentences(by_stage)


@dataclass
class StageProgress:
    """Progress of one stage of one model, or of a stage that uses no model."""

    stage: str
    model: str = ""
    """Empty for a stage that uses no model."""
    total: int = 0
    done: int = 0
    """Requests in the store."""
    resumed: int = 0
    """Part of `done` that was there before this session."""
    failures: dict[str, int] = field(default_factory=dict)
    """Requests without a response, by kind (`engines.failures`)."""
    unparsable: int = 0
    """Responses of a judge that could not be parsed."""
    begun: bool = False
    ended: bool = False
    """True once a stage that uses no model has ended."""
    replicas: int = 0
    loading: int = 0
    abandoned: str = ""
    """Reason why the model cannot continue."""
    began: tuple[float, int, int] | None = None
    """Clock, settled requests and tokens at the moment when the first replica was ready."""
    seconds: float = 0.0
    """Seconds since `began`. `settled` and `tokens` are counted from there as well: engines answer
    in bursts, so the rate is the mean of the whole stage."""
    settled: int = 0
    tokens: int = 0
    in_flight: int = 0
    """Requests in engines now."""
    answered: int = 0
    """Requests in the store, and those answered since that will be."""
    outage: str = ""
    """Sentence on the outage of its provider that its requests wait for."""
    planned: tuple[float, float | None] = (0.0, None)
    """Planned output tokens per response, and per second of all replicas."""

    @property
    def name(self) -> str:
        """Return the stage and its model, which the name of a judge's stage already contains."""
        _, _, judge = self.stage.partition("judge ")
        named = self.model in {judge, f"judge-{judge}"}
        return self.stage if named else f"{self.stage} {self.model}".rstrip()

    @property
    def phase(self) -> Phase:
        """Return the phase that the stage is in."""
        if self.abandoned:
            return "stopped"
        if self.ended or (self.model and self.done >= self.total):
            return "done"
        return "working" if self.replicas or (self.begun and not self.model) else "waiting"

    @property
    def generating(self) -> bool:
        """Return True if engines answer its requests, so that it has a rate."""
        return self.phase == "working" and self.replicas > 0

    @property
    def state(self) -> str:
        """Return the phase in a word for the user; empty where the time left is shown instead."""
        if self.outage and self.phase == "working":
            return "waiting"
        if self.generating:
            left = self.seconds_left
            return "ending" if left is not None and left < _ENDING_S else ""
        if self.phase == "done" and self.model and self.resumed >= self.total:
            return "reused"
        return "loading" if self.phase == "waiting" and self.loading else self.phase

    def count_answered(self, unstored: int) -> None:
        """Count answers that are not in the store yet; the number never falls meanwhile."""
        self.answered = max(self.answered, min(self.total, self.done + unstored))

    @property
    def shown(self) -> int:
        """Return the number of answered requests; files of older versions have those stored."""
        return max(self.answered, self.done)

    @property
    def failed(self) -> int:
        """Return the number of requests without a response."""
        return sum(self.failures.values())

    @property
    def rate(self) -> float:
        """Return output tokens per second."""
        return self.tokens / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Return the time left by the plan, then by the measured rate; None where unknown."""
        left = max(0, self.total - self.resumed - self.settled)
        measured = MeasuredRate(self.seconds, self.settled, self.tokens, self.in_flight)
        return seconds_left(left, *self.planned, measured)


def failure_summary(failures: Mapping[str, int], unparsable: int = 0) -> str:
    """Return failures in words, such as '9 failed: 7 prompt too long, 2 engine died'.

    Empty where nothing failed.
    """
    kinds = sorted(failures.items(), key=lambda kind: (-kind[1], kind[0]))
    alone = len(kinds) == 1
    shown = [kind if alone else f"{count:,} {kind}" for kind, count in kinds[:KINDS_SHOWN]]
    if rest := sum(count for _, count in kinds[KINDS_SHOWN:]):
        shown.append(f"{rest:,} of {len(kinds) - KINDS_SHOWN} other kinds")
    parts = [f"{sum(failures.values()):,} failed: {', '.join(shown)}"] if shown else []
    if unparsable:
        parts.append(f"{unparsable:,} unparsable")
    return "; ".join(parts)


def outage_text(outage: Outage | None) -> str:
    """Return for what a model waits, such as 'waiting for the provider since 01:02 (HTTP 503)'."""
    if outage is None:
        return ""
    reason = outage.reason
    short = reason if len(reason) <= _REASON_SHOWN else f"{reason[: _REASON_SHOWN - 3]}..."
    return f"waiting for the provider since {outage.clock_time} ({short})"


_REASON_SHOWN = 120
"""Characters of a provider's words that are shown while it is waited for."""

_FILE_KEYS = {"abandoned": "broken"}
"""Keys of a row in snapshot files that differ from the names of its fields."""


def _with_keys(row: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    """Return a row with keys renamed, and with the lists that JSON made of tuples as tuples."""
    return {
        keys.get(key, key): tuple(value) if isinstance(value, list) else value
        for key, value in row.items()
    }


def _sentences(failures: Mapping[str, tuple[Mapping[str, int], int]]) -> list[str]:
    summaries = {name: failure_summary(*counts) for name, counts in failures.items()}
    return [f"{name}: {summary}" for name, summary in summaries.items() if summary]
