"""Progress of a running sweep: a live table on a terminal, plain lines every 30 s elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from rich.console import Console, RenderableType
from rich.live import Live

from culture_ray.redaction.visible import visible_line
from culture_ray.spending.breaker import Outage
from culture_ray.sweep.events import ChunkDone, Counters
from culture_ray.sweep.progress.display import plain_text, render
from culture_ray.sweep.progress.snapshot import Snapshot, outage_text
from culture_ray.sweep.progress.snapshot_files import SnapshotFile
from culture_ray.sweep.progress.stage_rows import StageRows

PLAIN_EVERY_S = 30.0


class Progress:
    """Listener of the executor that shows a sweep here, and to `status --watch` elsewhere.

    `live` is the folder for its snapshot file (`snapshot_files`), `cap_dollars` the limit on
    spending.
    """

    def __init__(
        self, console: Console, live: Path | None = None, cap_dollars: float | None = None
    ) -> None:
        self._console, self._cap = console, cap_dollars
        self._file = None if live is None else SnapshotFile(live)
        self._rows = StageRows()
        self._live: Live | None = None
        self._started_at = self._printed_at = time.monotonic()
        self._printed: dict[str, str] = {}
        self._dollars: dict[str, float] = {}
        self._counters: dict[str, dict[str, Counters]] = {}

    def __enter__(self) -> Progress:
        if self._console.is_interactive:
            # Ray's output has a log of its own: only what `say` prints appears above the table.
            self._live = Live(
                console=self._console, get_renderable=self._render,
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
        if self._file is not None:
            self._file.remove()
        if self._live is not None:
            self._live.stop()

    def say(self, sentence: str) -> None:
        """Print a sentence, above the table where there is one."""
        plain, line = self._live is None, visible_line(sentence)
        self._console.print(line, highlight=False, markup=False, emoji=False, soft_wrap=plain)

    # --- stages

    def set_plan(self, stage: str, model: str, mean_output: float, rate: float | None) -> None:
        """Set the planned figures of a stage before it begins.

        `mean_output` is in tokens of one response, `rate` in output tokens per second of all
        replicas.
        """
        self._rows.set_plan(stage, model, mean_output, rate)

    def add_earlier_failures(
        self, stage: str, model: str, failures: Mapping[str, int], unparsable: int
    ) -> None:
        """Add failures of earlier sessions; for a judge's stage, `model` is the model judged."""
        self._rows.add_earlier_failures(stage, model, failures, unparsable)

    def announce(self, stage: str, totals: Mapping[str, tuple[int, int]] | None = None) -> None:
        """Show a stage to come; `totals` as of `begin_stage`, None if it uses no model."""
        self._rows.announce(stage, totals)

    def begin_stage(self, stage: str, totals: Mapping[str, tuple[int, int]]) -> None:
        """Begin a stage; `totals` are (all requests, requests already done) by model."""
        self.begin_stages({stage: totals})

    def begin_stages(self, totals: Mapping[str, Mapping[str, tuple[int, int]]]) -> None:
        """Begin stages whose requests are sent together; `totals` are by stage and model."""
        self._rows.begin(totals)
        self._show(force=True)

    def begin_local_stage(self, stage: str) -> None:
        """Begin a stage that uses no model, and end the one before it."""
        self._rows.begin_local(stage)
        self._show(force=True)

    def end_local_stage(self) -> None:
        """End the last stage that uses no model."""
        self._rows.end_local()
        self._show(force=True)

    # --- events of the executor

    def replica_loading(self, model: str, replica: str) -> None:
        """Count a replica that begins to load."""
        self._rows.row(model).loading += 1
        self._show()

    def replica_ready(self, model: str, replica: str) -> None:
        """Count a replica that is loaded."""
        row = self._rows.row(model)
        row.loading, row.replicas = max(0, row.loading - 1), row.replicas + 1
        self._show()

    def replica_lost(self, model: str, replica: str) -> None:
        """Report that a replica died."""
        row = self._rows.row(model)
        row.replicas = max(0, row.replicas - 1)
        row.answered = row.done  # what it held is lost; `tick` counts what others hold
        self.say(f"a replica of {model} died; its requests go to another replica")

    def model_abandoned(self, model: str, reason: str) -> None:
        """Report that a model cannot continue."""
        rows = self._rows.now(model)
        for row in rows:
            if row.done < row.total or len(rows) == 1:
                row.abandoned, row.answered = reason, row.done
        self.say(f"{model} cannot continue: {reason}")
        self._write_file(force=True)

    def chunk_done(self, model: str, requests: int, result: ChunkDone, stage: str = "") -> None:
        """Count requests of a stage that are in the store."""
        row = self._rows.row(model, stage)
        # A unit whose parts a file system showed late is run, and counted, again.
        row.done = min(row.total, row.done + requests)
        row.failures = dict(Counter(row.failures) + Counter(result.failures))
        row.unparsable += result.unparsable
        self._show()

    def tick(self, replicas: Mapping[str, tuple[str, Counters]]) -> None:
        """Update rates from the replicas' counters."""
        now = time.monotonic()
        for name, (model, counters) in replicas.items():
            self._counters.setdefault(model, {})[name] = counters  # dead replicas keep theirs
        for model, counters_of in self._counters.items():
            row = self._rows.row(model)
            # Not requests: a judge may get several about one response, or none.
            settled = sum(c.settled for c in counters_of.values())
            tokens = sum(c.output_tokens for c in counters_of.values())
            alive = [c for name, c in counters_of.items() if name in replicas]
            row.in_flight = sum(c.in_flight for c in alive)
            if not row.abandoned:
                row.count_answered(sum(c.unstored for c in alive))
            row.replicas, row.loading = len(alive), row.loading if not alive else 0
            if row.began is None:
                row.began = (now, settled, tokens)
            began, settled_before, tokens_before = row.began
            row.seconds = now - began
            row.settled = max(row.settled, settled - settled_before)
            row.tokens = tokens - tokens_before
        self._show()

    def spent(self, dollars: Mapping[str, float]) -> None:
        """Update the amount charged to each model."""
        self._dollars = dict(dollars)
        self._show()

    def provider_outages(self, outages: Mapping[str, Outage]) -> None:
        """Show for which models the sweep waits, and say when that begins and ends."""
        for row in self._rows:
            if not (row.begun and row.model):
                continue
            outage = outages.get(row.model) if row.phase == "working" else None
            was, row.outage = row.outage, outage_text(outage)
            if row.outage and not was:
                self.say(f"{row.name}: {row.outage}")
            elif was and not row.outage and not row.abandoned:
                self.say(f"{row.name}: the provider answers again")
        self._show()

    # --- display

    def _write_file(self, force: bool) -> None:
        if self._file is not None:
            self._file.write_if_due(self._snapshot, force=force)

    def _show(self, force: bool = False) -> None:
        self._write_file(force)
        now = time.monotonic()
        if self._live is not None or (not force and now - self._printed_at < PLAIN_EVERY_S):
            return
        self._printed_at = now
        texts = {row.name: plain_text(row) for row in self._rows if row.begun}
        texts["spending"] = self._snapshot().spending() or ""
        for name, text in texts.items():
            if text and text != self._printed.get(name):
                self.say(text)
        self._printed = texts

    def _snapshot(self) -> Snapshot:
        seconds = time.monotonic() - self._started_at
        return Snapshot(list(self._rows), seconds, dict(self._dollars), self._cap)

    def _render(self) -> RenderableType:
        return render(self._snapshot(), self._console.width, self._console.height)
