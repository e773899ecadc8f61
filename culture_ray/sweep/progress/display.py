"""How a running sweep looks: one row per stage and model with what is told below it, or words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from culture_ray.sweep.progress.snapshot import Phase, Snapshot, StageProgress, trouble

_TROUBLES_SHOWN = 4
"""Rows below the table that say what failed; more are summed up by stage."""

_FOLDED: tuple[Phase, ...] = ("done", "waiting")
"""What can be summed up, in this order; a pace or a reason to stop cannot."""


def screen(look: Snapshot, width: int, height: int | None = None) -> RenderableType:
    """Return what a terminal of `width` columns and `height` rows shows.

    That is nothing as long as no model is known that is asked, and no stage has begun. Nothing in
    it depends on colour. The columns depend on names and totals alone, so that none comes or goes
    while figures change. Rows that `height` has no room for are summed up.
    """
    if not any(line.model or line.begun for line in look.lines):
        return ""
    most = _TROUBLES_SHOWN if height is None else min(_TROUBLES_SHOWN, height // 8)
    told = [*look.troubles(most), look.money(), f"{clock(look.seconds)} so far"]
    below = [Text(words) for words in told if words]
    columns = _columns(look.lines, width)
    if height is None:
        return Group(_table(look.lines, columns), *below)
    narrow = sum(column.width + _GAP for column in columns) - _GAP > width
    free = height - 2 - sum(-(-len(text) // width) for text in below)
    room = max(2, free // 2 if narrow else free)
    shown = folded(look.lines, room)
    if len(shown) > room:
        below.insert(0, Text(f"and {len(shown) - room + 1} more"))
        shown = shown[: room - 1]
    return Group(_table(shown, columns), *below)


def clock(seconds: float | None) -> str:
    """Return seconds as 1:02:03 or 2:03, as days from 100 hours on; a question mark for None."""
    if seconds is None:
        return "?"
    whole = round(seconds)
    if whole >= _DAYS_FROM_S:
        days = whole // 86_400
        return f"{days} days" if days < 1_000 else "years"
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def in_words(line: StageProgress) -> str:
    """Return the line that is printed where nobody watches."""
    if not line.model:
        return f"{line.name}: {line.state}"
    parts = [f"{line.name}: {line.done:,} of {line.total:,} requests"]
    if words := trouble(line.failures, line.unparsable):
        parts.append(words)
    if line.moving:
        left = line.state or f"{clock(line.seconds_left)} left"
        parts += [f"{line.rate:,.0f} tokens/s", left]
    elif line.state != "waiting":
        parts.append(line.state)
    return ", ".join(parts)


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


@dataclass(frozen=True)
class _Column:
    """A column of the table: its heading, how wide it is, and what it shows of a line."""

    name: str
    width: int
    show: Callable[[StageProgress], RenderableType]
    justify: Literal["left", "right"] = "right"


def _table(lines: Sequence[StageProgress], columns: Sequence[_Column]) -> Table:
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False)
    first, *others = columns
    table.add_column(first.name)
    for column in others:
        table.add_column(column.name, justify=column.justify, min_width=column.width, no_wrap=True)
    for line in lines:
        table.add_row(*(column.show(line) for column in columns), style=_STYLES[line.phase])
    return table


def _columns(lines: Sequence[StageProgress], width: int) -> list[_Column]:
    """Return the columns that fit, the less important ones left out first."""
    digits = max(len(f"{line.total:,}") for line in lines)
    stage = _Column("stage", max(len(line.name) for line in lines), lambda line: line.name)
    requests = _Column("requests", max(8, 2 * digits + 1), _requests)
    room = width - stage.width - requests.width - _LEFT.width - 2 * _GAP
    planned = any(line.planned[1] for line in lines)
    taken = []
    for column in _BY_IMPORTANCE:
        if column.width + _GAP <= room and (planned or column is not _OF_PLAN):
            room -= column.width + _GAP
            taken.append(column)
    bars = [_bar(min(_BAR_AT_MOST, _BAR.width + room))] if _BAR in taken else []
    return [stage, *bars, requests, *(one for one in _IN_ORDER if one in taken), _LEFT]


def _bar(width: int) -> _Column:
    def show(line: StageProgress) -> RenderableType:
        halves = 2 * width * line.done // max(1, line.total)
        done = "━" * (halves // 2) + "╾" * (halves % 2)
        if not line.model:
            return ""
        # What is left is a thin line, so that a bar needs no colour to be read.
        return Text.assemble((done, _BAR_STYLES[line.phase]), "─" * (width - len(done)))

    return replace(_BAR, width=width, show=show)


def _requests(line: StageProgress) -> str:
    return f"{line.done:,}/{line.total:,}" if line.model else ""


def _of_plan(line: StageProgress) -> str:
    """Return the pace as a share of what the roofline of the plan gives all its replicas."""
    planned = line.planned[1]
    return f"{100 * line.rate / planned:.0f} %" if planned and line.rate and line.moving else ""


_DAYS_FROM_S = 100 * 3600
_GAP = 2
_BAR_AT_MOST = 20
_BAR = _Column("", 5, lambda line: "", "left")
_IN_FLIGHT = _Column("in flight", 9, lambda line: f"{line.in_flight:,}" if line.moving else "")
_FAILED = _Column("failed", 6, lambda line: f"{line.failed:,}" if line.model else "")
_RATE = _Column("tokens/s", 8, lambda line: f"{line.rate:,.0f}" if line.moving else "")
_OF_PLAN = _Column("of plan", 7, _of_plan)
_LEFT = _Column("left", 8, lambda line: line.state or clock(line.seconds_left))
_IN_ORDER = (_IN_FLIGHT, _FAILED, _RATE, _OF_PLAN)
_BY_IMPORTANCE = (_RATE, _BAR, _FAILED, _OF_PLAN, _IN_FLIGHT)
_BAR_STYLES: dict[Phase, str] = {
    "stopped": "red",
    "working": "cyan",
    "waiting": "cyan",
    "done": "green",
}
_STYLES: dict[Phase, str] = {"stopped": "bold red", "working": "", "waiting": "dim", "done": "dim"}
