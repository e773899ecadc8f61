"""`culture-ray status --watch`: what drivers show of a run, or what stands in its directory."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table

from culture_ray.run.status import StageStatus, stage_statuses
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.progress.display import render
from culture_ray.sweep.progress.snapshot import failure_summary
from culture_ray.sweep.progress.snapshot_files import snapshots_in

PRINT_EVERY_S = 30.0
_LOOK_EVERY_S = 2.0
_READING_SHARE = 0.1
"""Part of the time at most that goes into reading shards: the file system is others' too."""


def watch(
    console: Console,
    run: RunDirectory,
    content: Mapping[str, Any],
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Show a run until it has nothing left, or until Ctrl-C."""
    seen = _Seen(run, list(content.get("judge") or {}), clock)
    try:
        if not console.is_interactive:
            while (shown := seen.now(console.width)) is not None:
                console.print(shown)
                sleep(PRINT_EVERY_S)
            return
        with Live(console=console, transient=True, auto_refresh=False) as live:
            while (shown := seen.now(console.width, console.height)) is not None:
                live.update(shown, refresh=True)
                sleep(_LOOK_EVERY_S)
    except KeyboardInterrupt:
        return


class _Seen:
    """What is to be seen of a run."""

    def __init__(self, run: RunDirectory, judges: list[str], clock: Callable[[], float]) -> None:
        self._run, self._judges, self._clock = run, judges, clock
        self._found: list[StageStatus] = []
        self._again = 0.0
        """When shards are to be read again."""

    def now(self, width: int, height: int | None = None) -> RenderableType | None:
        """Return what drivers show themselves, else what is stored; None at the end."""
        drivers = snapshots_in(self._run.folder / "live", time.time())
        if drivers:
            self._again = 0.0
            each = None if height is None else height // len(drivers) - 1
            return Group(
                *(
                    part
                    for name, look in drivers.items()
                    for part in (f"on {name}:", *look.abandoned_models(), render(look, width, each))
                )
            )
        if self._clock() >= self._again:
            began = self._clock()
            self._found = stage_statuses(self._run, self._judges)
            ended = self._clock()
            self._again = ended + (ended - began) * (1 / _READING_SHARE - 1)
        if not any(stand.left for stand in self._found):
            return None
        return Group(stood(self._found), *troubles(self._found), "nobody works on it now")


def stood(found: list[StageStatus]) -> Table:
    """Return what is done and left, by stage and model."""
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    table.add_column("stage")
    table.add_column("model")
    for name in ("requests", "done", "failed", "left"):
        table.add_column(name, justify="right")
    for stand in found:
        table.add_row(
            stand.stage,
            stand.model,
            *(f"{count:,}" for count in (stand.requests, stand.done, stand.failed, stand.left)),
        )
    return table


def troubles(found: list[StageStatus]) -> list[str]:
    """Return what failed, a sentence for each stage and model."""
    named = [(f"{s.stage} {s.model}", failure_summary(s.failures, s.unparsable)) for s in found]
    return [f"{name}: {words}" for name, words in named if words]
