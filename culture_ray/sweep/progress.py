"""A running sweep for people: a live table on a terminal, plain lines every 30 s elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table

from culture_ray.sweep.display import Line, clock, in_words, table_of
from culture_ray.sweep.live import Shown
from culture_ray.sweep.replica import Counters

__all__ = ["PLAIN_EVERY_S", "Progress", "clock"]

PLAIN_EVERY_S = 30.0


class Progress:
    """The executor's listener that shows a sweep, here and to `status --watch` elsewhere.

    `live` is the folder where the latter looks; see `live`. `cap_dollars` is what may be spent.
    """

    def __init__(
        self, console: Console, live: Path | None = None, cap_dollars: float | None = None
    ) -> None:
        self._console, self._cap = console, cap_dollars
        self._shown = None if live is None else Shown(live)
        self._lines: list[Line] = []
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
        if self._shown is not None:
            self._shown.remove()
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
            line = Line(stage, model, total, done=done, resumed=done)
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
            line.in_flight = sum(c.in_flight for name, c in counted.items() if name in replicas)
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

    def _line(self, model: str) -> Line:
        return next(line for line in reversed(self._lines) if line.model == model)

    def _show(self, force: bool = False) -> None:
        if self._shown is not None:
            self._shown.write_sometimes(self._lines)
        if self._live is not None:
            self._live.update(self._table())
            return
        now = time.monotonic()
        if not force and now - self._printed < PLAIN_EVERY_S:
            return
        self._printed = now
        for line in self._lines:
            if force or line.done < line.total:
                self._console.print(in_words(line), highlight=False, soft_wrap=True)
        if (dollars := self._in_dollars()) is not None:
            self._console.print(dollars, highlight=False, soft_wrap=True)

    def _table(self) -> Table:
        return table_of(self._lines, self._in_dollars(), self._console.width)

    def _in_dollars(self) -> str | None:
        if not self._dollars:
            return None
        each = ", ".join(f"{model} ${spent:.4f}" for model, spent in self._dollars.items())
        of = "" if self._cap is None else f" of ${self._cap:,.2f}"
        return f"spent or reserved: ${sum(self._dollars.values()):.4f}{of} ({each})"
