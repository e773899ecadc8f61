"""`culture-ray status --watch`: the progress of running drivers, or else of the run directory."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table

from culture_ray.run.status import StageStatus, stage_statuses
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.progress.display import plain_text, render
from culture_ray.sweep.progress.snapshot import Snapshot, failure_summary
from culture_ray.sweep.progress.snapshot_files import snapshots_in

PRINT_EVERY_S = 30.0
_UPDATE_EVERY_S = 2.0
_READING_SHARE = 0.1
"""Largest share of the time spent on reading shards, since others use the file system too."""


def watch(
    console: Console,
    run: RunDirectory,
    content: Mapping[str, Any],
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    jobs_ended: Callable[[], bool] = lambda: False,
) -> None:
    """Show the progress of a run until nothing is left, its jobs have ended, or Ctrl-C."""
    view = _RunView(run, list(content.get("judge") or {}), clock, jobs_ended)
    try:
        if not console.is_interactive:
            while (shown := view.current(console.width)) is not None:
                console.print(shown)
                sleep(PRINT_EVERY_S)
            return
        with Live(console=console, transient=True, auto_refresh=False) as live:
            while (shown := view.current(console.width, console.height)) is not None:
                live.update(shown, refresh=True)
                sleep(_UPDATE_EVERY_S)
    except KeyboardInterrupt:
        return


class _RunView:
    """Progress of a run, read again at most as often as reading it is cheap."""

    def __init__(
        self,
        run: RunDirectory,
        judges: list[str],
        clock: Callable[[], float],
        jobs_ended: Callable[[], bool],
    ) -> None:
        self._run, self._judges, self._clock = run, judges, clock
        self._jobs_ended = jobs_ended
        self._statuses: list[StageStatus] = []
        self._read_at = 0.0
        """Time at which shards are to be read again."""

    def current(self, width: int, height: int | None = None) -> RenderableType | None:
        """Return the progress tables of running drivers, else the status; None at the end."""
        drivers = snapshots_in(self._run.folder / "live", time.time())
        if drivers:
            self._read_at = 0.0
            each = None if height is None else height // len(drivers) - 1
            return Group(
                *(
                    part
                    for name, snapshot in drivers.items()
                    for part in (
                        f"on {name}:",
                        *(driver_lines(snapshot) if _starts(snapshot) else ()),
                        *snapshot.abandoned_models(),
                        render(snapshot, width, each),
                    )
                )
            )
        if self._clock() >= self._read_at:
            began = self._clock()
            self._statuses = stage_statuses(self._run, self._judges)
            ended = self._clock()
            self._read_at = ended + (ended - began) * (1 / _READING_SHARE - 1)
            if self._jobs_ended():
                return None
        if not any(status.left for status in self._statuses):
            return None
        return Group(
            status_table(self._statuses),
            *failure_lines(self._statuses),
            "no driver is running",
        )


def status_table(statuses: Sequence[StageStatus]) -> Table:
    """Return a table of the requests that are done, failed and left, by stage and model."""
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    table.add_column("stage")
    table.add_column("model")
    for name in ("requests", "done", "failed", "left"):
        table.add_column(name, justify="right")
    for status in statuses:
        counts = (status.requests, status.done, status.failed, status.left)
        table.add_row(status.stage, status.model, *(f"{count:,}" for count in counts))
    return table


def driver_lines(snapshot: Snapshot) -> list[str]:
    """Return a line about each stage that a running driver has begun and not ended."""
    begun = [row for row in snapshot.rows if row.begun and row.phase != "done"]
    lines = [*snapshot.abandoned_models(), *(plain_text(row) for row in begun if not row.abandoned)]
    return lines or ["starting: no stage has begun" if _starts(snapshot) else "between two stages"]


def _starts(snapshot: Snapshot) -> bool:
    return not any(row.begun for row in snapshot.rows)


def failure_lines(statuses: list[StageStatus]) -> list[str]:
    """Return a line about the failures of each stage and model that has any."""
    named = [(f"{s.stage} {s.model}", failure_summary(s.failures, s.unparsable)) for s in statuses]
    return [f"{name}: {failures}" for name, failures in named if failures]
