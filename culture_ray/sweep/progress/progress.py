"""A running sweep for people: a live table on a terminal, plain lines every 30 s elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from rich.console import Console, RenderableType
from rich.live import Live

from culture_ray.sweep.events import ChunkDone, Counters
from culture_ray.sweep.progress.display import clock, in_words, screen
from culture_ray.sweep.progress.snapshot import Snapshot, StageProgress
from culture_ray.sweep.progress.snapshot_files import SnapshotFile

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
        self._shown = None if live is None else SnapshotFile(live)
        self._lines: list[StageProgress] = []
        self._live: Live | None = None
        self._started = self._printed = time.monotonic()
        self._told: dict[str, str] = {}
        self._dollars: dict[str, float] = {}
        self._counted: dict[str, dict[str, Counters]] = {}
        self._found: dict[tuple[str, str], tuple[dict[str, int], int]] = {}
        self._planned: dict[tuple[str, str], tuple[float, float | None]] = {}

    def __enter__(self) -> Progress:
        if self._console.is_interactive:
            # What Ray prints has a log of its own: only what is said goes above the table.
            self._live = Live(
                console=self._console, get_renderable=self._screen,
                redirect_stdout=False, redirect_stderr=False,
            )  # fmt: skip
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
            self._live.stop()

    def say(self, sentence: str) -> None:
        """Print a sentence above the display, or for itself where there is none."""
        plain = self._live is None
        self._console.print(sentence, highlight=False, markup=False, emoji=False, soft_wrap=plain)

    def expect(self, stage: str, model: str, mean_output: float, rate: float | None) -> None:
        """Take what the plan reckons with, before the stage begins.

        `mean_output` is in tokens of one response, `rate` in output tokens per second of all
        replicas.
        """
        self._planned[stage, model] = (mean_output, rate)

    def found(self, stage: str, model: str, failures: Mapping[str, int], unparsable: int) -> None:
        """Take what failed in earlier sessions; of a judge's stage, `model` is whose responses."""
        before, unread = self._found.get(_key(stage, model), ({}, 0))
        both = dict(Counter(before) + Counter(failures))
        self._found[_key(stage, model)] = (both, unread + unparsable)

    def ahead(self, stage: str, totals: Mapping[str, tuple[int, int]] | None = None) -> None:
        """Announce a stage to come; `totals` as of `stage`, None for one that asks no model."""
        lines = self._made(stage, totals)
        work = [at for at, one in enumerate(self._lines) if not one.model and not one.begun]
        at = work[0] if work and totals is not None else len(self._lines)
        self._lines[at:at] = lines

    def stage(self, stage: str, totals: Mapping[str, tuple[int, int]]) -> None:
        """Begin a stage: per model, requests in all and requests that are done already."""
        self._begin(self._made(stage, totals))

    def working(self, stage: str) -> None:
        """Begin a stage that asks no model, and end the one before it."""
        self._end_work()
        self._begin(self._made(stage, None))

    def worked(self) -> None:
        """End the last stage."""
        self._end_work()
        self._show(force=True)

    def loading(self, model: str, replica: str) -> None:
        """Count a replica that begins to load."""
        self._line(model).loading += 1
        self._show()

    def ready(self, model: str, replica: str) -> None:
        """Count a replica that is loaded."""
        line = self._line(model)
        line.loading, line.replicas = max(0, line.loading - 1), line.replicas + 1
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
        self._leave(force=True)

    def unit_done(self, model: str, requests: int, end: ChunkDone) -> None:
        """Count requests that stand in the store."""
        line = self._line(model)
        # A unit whose parts a file system showed late is made, and counted, again.
        line.done = min(line.total, line.done + requests)
        line.failures = dict(Counter(line.failures) + Counter(end.failures))
        line.unparsable += end.unparsable
        self._show()

    def tick(self, replicas: Mapping[str, tuple[str, Counters]]) -> None:
        """Take the replicas' counters and show the pace."""
        now = time.monotonic()
        for name, (model, counters) in replicas.items():
            self._counted.setdefault(model, {})[name] = counters  # dead replicas keep theirs
        for model, counted in self._counted.items():
            line = self._line(model)
            # Not requests: a judge may be asked about a response several times, or not at all.
            settled = sum(c.settled for c in counted.values())
            tokens = sum(c.output_tokens for c in counted.values())
            alive = sum(name in replicas for name in counted)
            line.in_flight = sum(c.in_flight for name, c in counted.items() if name in replicas)
            line.replicas, line.loading = alive, line.loading if not alive else 0
            if line.began is None:
                line.began = (now, settled, tokens)
            began, before, earlier = line.began
            line.seconds, line.settled = now - began, max(line.settled, settled - before)
            line.tokens = tokens - earlier
        self._show()

    def spent(self, dollars: Mapping[str, float]) -> None:
        """Take what each model is charged."""
        self._dollars = dict(dollars)
        self._show()

    def _made(
        self, stage: str, totals: Mapping[str, tuple[int, int]] | None
    ) -> list[StageProgress]:
        if totals is None:
            return [StageProgress(stage)]
        lines = [StageProgress(stage, m, total, done, done) for m, (total, done) in totals.items()]
        for line in lines:
            line.planned = self._planned.get((stage, line.model), line.planned)
            line.failures, line.unparsable = self._found.get(_key(stage, line.model), ({}, 0))
        return lines

    def _begin(self, lines: list[StageProgress]) -> None:
        for line in lines:
            line.begun = True
            coming = {one.name: at for at, one in enumerate(self._lines) if not one.begun}
            at = coming.get(line.name, len(self._lines))
            self._lines[at : at + 1] = [line]
        self._show(force=True)

    def _end_work(self) -> None:
        for line in self._lines:
            line.ended = line.ended or (line.begun and not line.model)

    def _line(self, model: str) -> StageProgress:
        return next(line for line in reversed(self._lines) if line.begun and line.model == model)

    def _leave(self, force: bool) -> None:
        """Let whoever watches elsewhere see how it is."""
        if self._shown is not None:
            self._shown.write_sometimes(self._look, force=force)

    def _show(self, force: bool = False) -> None:
        self._leave(force)
        now = time.monotonic()
        if self._live is not None or (not force and now - self._printed < PLAIN_EVERY_S):
            return
        self._printed = now
        told = {line.name: in_words(line) for line in self._lines if line.begun}
        told["money"] = self._look().money() or ""
        for name, words in told.items():
            if words and words != self._told.get(name):
                self.say(words)
        self._told = told

    def _look(self) -> Snapshot:
        seconds = time.monotonic() - self._started
        return Snapshot(list(self._lines), seconds, dict(self._dollars), self._cap)

    def _screen(self) -> RenderableType:
        return screen(self._look(), self._console.width, self._console.height)


def _key(stage: str, model: str) -> tuple[str, str]:
    """Return what lines of a judge's stage have in common, whoever's responses it reads."""
    return (stage, "" if stage.startswith("judge ") else model)
