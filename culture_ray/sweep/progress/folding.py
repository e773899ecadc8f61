"""Fitting the rows of a sweep to a terminal: what is done, and what waits, is summed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from culture_ray.sweep.progress.line import Phase, StageProgress

_FOLDED: tuple[Phase, ...] = ("done", "waiting")
"""What can be summed up, in this order; a pace or a reason to stop cannot."""


def folded(lines: Sequence[StageProgress], most: int) -> list[StageProgress]:
    """Return the lines in their order, neighbours of one stage summed up until at most `most` are
    left, or nothing more can be summed up.
    """
    found = list(lines)
    for phase in _FOLDED:
        if len(found) > most:
            found = _with_summed(phase, found)
    return found


def _with_summed(phase: Phase, lines: Sequence[StageProgress]) -> list[StageProgress]:
    neighbours = groupby(lines, lambda line: (line.stage.split()[0], line.phase == phase))
    return [
        line
        for (stage, alike), part in neighbours
        for line in (_summed(stage, list(part)) if alike else part)
    ]


def _summed(stage: str, lines: Sequence[StageProgress]) -> list[StageProgress]:
    if len(lines) == 1:
        return list(lines)
    failures: Counter[str] = Counter()
    for line in lines:
        failures.update(line.failures)
    return [
        StageProgress(
            stage,
            f"{len(lines)} models",
            total=sum(line.total for line in lines),
            done=sum(line.done for line in lines),
            resumed=sum(line.resumed for line in lines),
            failures=dict(failures),
            loading=sum(line.loading for line in lines),
        )
    ]
