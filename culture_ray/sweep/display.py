"""How a running sweep looks: one line per stage and model, as a table or as words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.console import RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table

from culture_ray.sweep.estimate import Seen, seconds_left

WIDE = 110
"""Columns of a terminal from which there is room for bars."""


@dataclass
class Line:
    """One stage of one model."""

    stage: str
    model: str
    total: int
    done: int = 0
    """Requests that stand in the store."""
    resumed: int = 0
    """Of those, done before this session."""
    failed: int = 0
    replicas: int = 0
    loading: int = 0
    broken: str = ""
    began: tuple[float, int, int] | None = None
    """When its first replica was ready: clock, requests and tokens until then."""
    seconds: float = 0.0
    requests: int = 0
    tokens: int = 0
    """Since then. Engines answer in bursts, so the pace is that of the whole stage so far."""

    in_flight: int = 0
    """Requests that engines have in hand right now."""
    planned: tuple[float, float | None] = (0.0, None)
    """Output tokens of a response, and of all replicas per second, as the plan has them."""

    @property
    def rate(self) -> float:
        """Return output tokens per second."""
        return self.tokens / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Return the time left: by the plan at first, then at the pace so far; None for neither."""
        left = max(0, self.total - self.resumed - self.requests)
        return seconds_left(left, *self.planned, Seen(self.seconds, self.requests, self.tokens))


def table_of(lines: Sequence[Line], caption: str | None = None, width: int = 80) -> Table:
    """Return the table that a terminal of `width` columns shows; nothing in it depends on colour.

    From `WIDE` columns on there are bars, requests in flight and the pace as a share of the plan's.
    """
    table = Table(box=None, padding=(0, 1), pad_edge=False, caption=caption)
    table.caption_justify = "left"
    wide = width >= WIDE
    for name, cell in _COLUMNS.items():
        if wide or name not in _WIDE_ONLY:
            table.add_column(name, justify=cell.justify, no_wrap=cell.whole)
    for line in lines:
        style = "bold red" if line.broken else "dim" if line.done >= line.total else ""
        table.add_row(
            *(cell.show(line) for name, cell in _COLUMNS.items() if wide or name not in _WIDE_ONLY),
            style=style,
        )
    return table


def clock(seconds: float | None) -> str:
    """Return seconds as 1:02:03 or 2:03; a question mark for None."""
    if seconds is None:
        return "?"
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def _moving(line: Line) -> bool:
    return bool(line.replicas) and line.done < line.total and not line.broken


def _model(line: Line) -> str:
    """Return the model's name; nothing where a judge's stage has said it."""
    return "" if line.model == line.stage.replace("judge ", "judge-", 1) else line.model


def _of_plan(line: Line) -> str:
    """Return the pace as a share of what the roofline of the plan gives all its replicas."""
    planned = line.planned[1]
    return f"{100 * line.rate / planned:.0f} %" if planned and line.rate and _moving(line) else ""


def _state(line: Line) -> str:
    if line.broken:
        return "cannot go on"
    if line.done >= line.total:
        return "done" if line.resumed < line.total else "was done"
    return "loading" if line.loading and not line.replicas else ""


def in_words(line: Line) -> str:
    """Return the line that is printed where nobody watches."""
    parts = [f"{f'{line.stage} {_model(line)}'.strip()}: {line.done:,} of {line.total:,} requests"]
    if line.failed:
        parts.append(f"{line.failed:,} failed")
    if _moving(line):
        parts += [f"{line.rate:,.0f} tokens/s", f"{clock(line.seconds_left)} left"]
    if state := _state(line):
        parts.append(state)
    return ", ".join(parts)


@dataclass(frozen=True)
class _Column:
    """A column of the table: what it shows of a line."""

    show: Callable[[Line], RenderableType]
    justify: Literal["left", "right"] = "right"
    whole: bool = True
    """Whether its cells stay on one line."""


_WIDE_ONLY = ("progress", "in flight", "of plan")
_COLUMNS = {
    "stage": _Column(lambda line: line.stage, "left"),
    "model": _Column(_model, "left", whole=False),
    "progress": _Column(lambda line: ProgressBar(line.total, line.done, width=16), "left"),
    "requests": _Column(lambda line: f"{line.done:,}/{line.total:,}"),
    "in flight": _Column(lambda line: f"{line.in_flight:,}" if _moving(line) else ""),
    "failed": _Column(lambda line: f"{line.failed:,}"),
    "tokens/s": _Column(lambda line: f"{line.rate:,.0f}" if _moving(line) else ""),
    "of plan": _Column(_of_plan),
    "left": _Column(lambda line: clock(line.seconds_left) if _moving(line) else ""),
    "": _Column(lambda line: _state(line) or ("" if line.replicas else "waiting"), "left"),
}
