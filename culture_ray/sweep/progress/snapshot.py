"""What a running sweep looks like at one moment: its lines, its money, its time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from culture_ray.sweep.progress.line import StageProgress

KINDS_SHOWN = 4
"""Kinds of failures that are named, the most frequent first; more are summed up."""


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
