"""Display of a running sweep: a table with a row per stage and model, or plain lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from culture_ray.sweep.progress.snapshot import Phase, Snapshot, StageProgress, failure_summary

_FAILURES_SHOWN = 4
"""Most sentences on failures below the table; more are summed up by stage."""

_SUMMABLE: tuple[Phase, ...] = ("done", "waiting")
"""Phases whose rows may be summed up, in this order; a rate or a reason to stop cannot be."""


def render(snapshot: Snapshot, width: int, height: int | None = None) -> RenderableType:
    """Return the display for a terminal of `width` columns and `height` rows.

    It is empty until a model is known or a stage has begun. Nothing in it depends on colour. The
    columns depend on names and totals alone, so that none appears or vanishes while figures change.
    Rows that do not fit into `height` are summed up.
    """
    if not any(row.model or row.begun for row in snapshot.rows):
        return ""
    limit = _FAILURES_SHOWN if height is None else min(_FAILURES_SHOWN, height // 8)
    elapsed = f"{format_duration(snapshot.seconds)} elapsed"
    waits = snapshot.outages()[:limit]
    sentences = [*waits, *snapshot.failure_summaries(limit), snapshot.spending(), elapsed]
    below = [Text(sentence) for sentence in sentences if sentence]
    columns = _columns(snapshot.rows, width)
    if height is None:
        return Group(_table(snapshot.rows, columns), *below)
    narrow = sum(column.width + _GAP for column in columns) - _GAP > width
    free = height - 2 - sum(-(-len(text) // width) for text in below)
    room = max(2, free // 2 if narrow else free)
    rows = summed_up(snapshot.rows, room)
    if len(rows) > room:
        below.insert(0, Text(f"and {len(rows) - room + 1} more"))
        rows = rows[: room - 1]
    return Group(_table(rows, columns), *below)


def plain_text(row: StageProgress) -> str:
    """Return a row as a line of text, for output that is not a terminal."""
    if not row.model:
        return f"{row.name}: {row.state}"
    parts = [f"{row.name}: {row.shown:,} of {row.total:,} requests"]
    if failures := failure_summary(row.failures, row.unparsable):
        parts.append(failures)
    if row.outage and row.state == "waiting":
        parts.append(row.outage)
    elif row.generating:
        left = row.state or f"{format_duration(row.seconds_left)} left"
        parts += [f"{row.rate:,.0f} tokens/s", left]
    elif row.state != "waiting":
        parts.append(row.state)
    return ", ".join(parts)


def format_duration(seconds: float | None) -> str:
    """Return seconds as 1:02:03 or 2:03, as days from 100 hours on; a question mark for None."""
    if seconds is None:
        return "?"
    whole = round(seconds)
    if whole >= _DAYS_FROM_S:
        days = whole // 86_400
        return f"{days} days" if days < 1_000 else "years"
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def summed_up(rows: Sequence[StageProgress], limit: int) -> list[StageProgress]:
    """Return the rows in their order, neighbours of one stage summed up as far as necessary.

    More than `limit` rows are left only if nothing more can be summed up.
    """
    result = list(rows)
    for phase in _SUMMABLE:
        if len(result) > limit:
            result = _sum_phase(phase, result)
    return result


def _sum_phase(phase: Phase, rows: Sequence[StageProgress]) -> list[StageProgress]:
    neighbours = groupby(rows, lambda row: (row.stage.split()[0], row.phase == phase))
    return [
        row
        for (stage, in_phase), group in neighbours
        for row in (_sum_rows(stage, list(group)) if in_phase else group)
    ]


def _sum_rows(stage: str, rows: Sequence[StageProgress]) -> list[StageProgress]:
    if len(rows) == 1:
        return list(rows)
    failures: Counter[str] = Counter()
    for row in rows:
        failures.update(row.failures)
    return [
        StageProgress(
            stage,
            f"{len(rows)} models",
            total=sum(row.total for row in rows),
            done=sum(row.done for row in rows),
            answered=sum(row.shown for row in rows),
            resumed=sum(row.resumed for row in rows),
            failures=dict(failures),
            loading=sum(row.loading for row in rows),
        )
    ]


@dataclass(frozen=True)
class _Column:
    """Column of the table: its heading, its width, and the text of a row in it."""

    name: str
    width: int
    show: Callable[[StageProgress], RenderableType]
    justify: Literal["left", "right"] = "right"


def _table(rows: Sequence[StageProgress], columns: Sequence[_Column]) -> Table:
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False)
    first, *others = columns
    table.add_column(first.name)
    for column in others:
        table.add_column(column.name, justify=column.justify, min_width=column.width, no_wrap=True)
    for row in rows:
        table.add_row(*(column.show(row) for column in columns), style=_STYLES[row.phase])
    return table


def _columns(rows: Sequence[StageProgress], width: int) -> list[_Column]:
    """Return the columns that fit, the less important ones left out first."""
    digits = max(len(f"{row.total:,}") for row in rows)
    stage = _Column("stage", max(len(row.name) for row in rows), lambda row: row.name)
    requests = _Column("requests", max(8, 2 * digits + 1), _requests)
    room = width - stage.width - requests.width - _LEFT.width - 2 * _GAP
    planned = any(row.planned[1] for row in rows)
    taken = []
    for column in _BY_IMPORTANCE:
        if column.width + _GAP <= room and (planned or column is not _OF_PLAN):
            room -= column.width + _GAP
            taken.append(column)
    bars = [_bar(min(_BAR_AT_MOST, _BAR.width + room))] if _BAR in taken else []
    return [stage, *bars, requests, *(column for column in _IN_ORDER if column in taken), _LEFT]


def _bar(width: int) -> _Column:
    def show(row: StageProgress) -> RenderableType:
        halves = 2 * width * row.shown // max(1, row.total)
        done = "━" * (halves // 2) + "╾" * (halves % 2)
        if not row.model:
            return ""
        # The rest is a thin line, so that a bar can be read without colour.
        return Text.assemble((done, _BAR_STYLES[row.phase]), "─" * (width - len(done)))

    return replace(_BAR, width=width, show=show)


def _requests(row: StageProgress) -> str:
    return f"{row.shown:,}/{row.total:,}" if row.model else ""


def _of_plan(row: StageProgress) -> str:
    """Return the rate as a share of the planned rate of all its replicas."""
    planned = row.planned[1]
    if not (planned and row.rate and row.generating):
        return ""
    return f"{min(100 * row.rate / planned, 99_999):.0f} %"  # no wider than its column


_DAYS_FROM_S = 100 * 3600
_GAP = 2
_BAR_AT_MOST = 60
_BAR = _Column("", 5, lambda row: "", "left")
_IN_FLIGHT = _Column("in flight", 9, lambda row: f"{row.in_flight:,}" if row.generating else "")
_FAILED = _Column("failed", 6, lambda row: f"{row.failed:,}" if row.model else "")
_RATE = _Column("tokens/s", 8, lambda row: f"{row.rate:,.0f}" if row.generating else "")
_OF_PLAN = _Column("of plan", 7, _of_plan)
_LEFT = _Column("left", 8, lambda row: row.state or format_duration(row.seconds_left))
_IN_ORDER = (_IN_FLIGHT, _FAILED, _RATE, _OF_PLAN)
_BY_IMPORTANCE = (_RATE, _BAR, _FAILED, _OF_PLAN, _IN_FLIGHT)
_BAR_STYLES: dict[Phase, str] = {
    "stopped": "red",
    "working": "cyan",
    "waiting": "cyan",
    "done": "green",
}
_STYLES: dict[Phase, str] = {"stopped": "bold red", "working": "", "waiting": "dim", "done": "dim"}
