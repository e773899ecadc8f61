"""A running sweep for people: a live table on a terminal, plain lines every 30 s elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table

from culture_ray.sweep.estimate import Seen, seconds_left
from culture_ray.sweep.replica import Counters

PLAIN_EVERY_S = 30.0


@dataclass
class _Line:
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


class Progress:
    """The executor's listener that shows a sweep."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lines: list[_Line] = []
        self._live: Live | None = None
        self._printed = time.monotonic()
        self._dollars: dict[str, float] = {}
        self._counted: dict[str, dict[str, Counters]] = {}
        self._planned: dict[tuple[str, str], tuple[float, float | None]] = {}

    def __enter__(self) -> Progress:
        if self._console.is_terminal:
            self._live = Live(console=self._console, refresh_per_second=4, transient=False)
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.update(self._table(), refresh=True)
            self._live.stop()

    def say(self, sentence: str) -> None:
        """Print a sentence above the display."""
        self._console.print(sentence, highlight=False, soft_wrap=not self._console.is_terminal)

    def expect(self, stage: str, model: str, mean_output: float, rate: float | None) -> None:
        """Take what the plan reckons with, before the stage begins.

        `mean_output` is in tokens of one response, `rate` in output tokens per second of all
        replicas.
        """
        self._planned[stage, model] = (mean_output, rate)

    def stage(self, stage: str, totals: Mapping[str, tuple[int, int]]) -> None:
        """Begin a stage: per model, requests in all and requests that are done already."""
        for model, (total, done) in totals.items():
            line = _Line(stage, model, total, done=done, resumed=done)
            line.planned = self._planned.get((stage, model), line.planned)
            self._lines.append(line)
        self._show(force=True)

    def loading(self, model: str, replica: str) -> None:
        """Count a replica that begins to load."""
        self._line(model).loading += 1
        self._show()

    def ready(self, model: str, replica: str) -> None:
        """Count a replica that is loaded."""
        line = self._line(model)
        line.loading, line.replicas = line.loading - 1, line.replicas + 1
        self._show()

    def lost(self, model: str, replica: str) -> None:
        """Say that a replica died."""
        line = self._line(model)
        line.replicas = max(0, line.replicas - 1)
        self.say(f"a replica of {model} died; its requests go to another one")

    def broken(self, model: str, why: str) -> None:
        """Say that a model cannot go on."""
        self._line(model).broken = why
        self.say(f"{model} cannot go on: {why}")

    def unit_done(self, model: str, requests: int, failed: int, output_tokens: int) -> None:
        """Count a committed unit."""
        line = self._line(model)
        line.done += requests
        line.failed += failed
        self._show()

    def tick(self, replicas: Mapping[str, tuple[str, Counters]]) -> None:
        """Take the replicas' counters and show the pace."""
        now = time.monotonic()
        for name, (model, counters) in replicas.items():
            self._counted.setdefault(model, {})[name] = counters  # dead replicas keep theirs
        for model, counted in self._counted.items():
            line = self._line(model)
            requests = sum(c.requests for c in counted.values())
            tokens = sum(c.output_tokens for c in counted.values())
            alive = sum(name in replicas for name in counted)
            line.replicas, line.loading = alive, line.loading if not alive else 0
            if line.began is None:
                line.began = (now, requests, tokens)
            began, before, earlier = line.began
            line.seconds, line.requests = now - began, requests - before
            line.tokens = tokens - earlier
        self._show()

    def spent(self, dollars: Mapping[str, float]) -> None:
        """Take what each model is charged."""
        self._dollars = dict(dollars)
        self._show()

    def _line(self, model: str) -> _Line:
        return next(line for line in reversed(self._lines) if line.model == model)

    def _show(self, force: bool = False) -> None:
        if self._live is not None:
            self._live.update(self._table())
            return
        now = time.monotonic()
        if not force and now - self._printed < PLAIN_EVERY_S:
            return
        self._printed = now
        for line in self._lines:
            if force or line.done < line.total:
                self._console.print(_plain(line), highlight=False, soft_wrap=True)
        if self._dollars:
            self._console.print(self._in_dollars(), highlight=False, soft_wrap=True)

    def _in_dollars(self) -> str:
        each = ", ".join(f"{model} ${spent:.4f}" for model, spent in self._dollars.items())
        return f"spent or reserved: ${sum(self._dollars.values()):.4f} ({each})"

    def _table(self) -> Table:
        spent = self._in_dollars() if self._dollars else None
        table = Table(box=None, padding=(0, 1), pad_edge=False, caption=spent)
        table.caption_justify = "left"
        for name, justify in (
            ("stage", "left"), ("model", "left"), ("requests", "right"), ("failed", "right"),
            ("tokens/s", "right"), ("left", "right"), ("", "left"),
        ):  # fmt: skip
            table.add_column(name, justify=justify)  # type: ignore[arg-type]
        for line in self._lines:
            table.add_row(
                line.stage,
                line.model,
                f"{line.done}/{line.total}",
                str(line.failed),
                f"{line.rate:.0f}" if _moving(line) else "",
                clock(line.seconds_left) if _moving(line) else "",
                _state(line),
            )
        return table


def clock(seconds: float | None) -> str:
    """Return seconds as 1:02:03 or 2:03; a question mark for None."""
    if seconds is None:
        return "?"
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def _moving(line: _Line) -> bool:
    return bool(line.replicas) and line.done < line.total and not line.broken


def _state(line: _Line) -> str:
    if line.broken:
        return "cannot go on"
    if line.done >= line.total:
        return "done" if line.resumed < line.total else "was done"
    return "loading" if line.loading and not line.replicas else ""


def _plain(line: _Line) -> str:
    parts = [f"{line.stage} {line.model}: {line.done} of {line.total} requests"]
    if line.failed:
        parts.append(f"{line.failed} failed")
    if _moving(line):
        parts += [f"{line.rate:.0f} tokens/s", f"{clock(line.seconds_left)} left"]
    if state := _state(line):
        parts.append(state)
    return ", ".join(parts)
