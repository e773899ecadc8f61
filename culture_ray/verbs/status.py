"""`culture-ray status`: what a run directory holds, once or for as long as one watches."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table

from culture_ray.config.compose import with_composed
from culture_ray.config.launchers import Content
from culture_ray.errors import WrongValue
from culture_ray.spending.spent import spent
from culture_ray.stages.opening import made_with
from culture_ray.stages.progress_of import Stand, going_on, stands
from culture_ray.stages.purse import ledger_at
from culture_ray.store.run import Run
from culture_ray.submission.status import job_is_there, job_lines
from culture_ray.sweep.display import screen
from culture_ray.sweep.live import shown_by
from culture_ray.sweep.look import trouble
from culture_ray.verbs.console import Screen

WATCH = ("--watch", "watch=true")
"""Words that ask for a table that goes on; the first is a flag, the second is like all others."""

_LOOK_EVERY_S, _PRINT_EVERY_S = 2.0, 30.0


def act(overrides: list[str]) -> int:
    """Print how far a run is; return 0."""
    watched = any(word in WATCH for word in overrides)
    overrides = [word for word in overrides if word not in (*WATCH, "watch=false")]

    def run(content: Content, _: str) -> None:
        if not content["run"]:
            raise WrongValue("run", content["run"], "a name, such as run=quickstart")
        chosen = Run(Path(str(content["results"])).expanduser() / str(content["run"]))
        while _only_submitted(Screen(), chosen):
            if not (watched and job_is_there(chosen.folder / "slurm")):
                return
            time.sleep(_PRINT_EVERY_S)
        made = made_with(chosen)
        if watched:
            watch(Screen(), chosen, made)
        _print(Screen(), chosen, made)

    with_composed("culture-ray status", overrides, run)
    return 0


def _only_submitted(console: Console, run: Run) -> bool:
    """Show the jobs of a run that none of them has begun; return whether it is such a run."""
    lines = [] if run.config.exists() else list(job_lines(run.folder / "slurm"))
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)
    return bool(lines)


def watch(
    console: Console,
    run: Run,
    content: Mapping[str, Any],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Show a run until it has nothing left, or until Ctrl-C."""
    judges = list(content.get("judge") or {})
    try:
        if not console.is_interactive:
            while (seen := _look(run, judges, console.width)) is not None:
                console.print(seen)
                sleep(_PRINT_EVERY_S)
            return
        with Live(console=console, transient=True, auto_refresh=False) as live:
            while (seen := _look(run, judges, console.width, console.height)) is not None:
                live.update(seen, refresh=True)
                sleep(_LOOK_EVERY_S)
    except KeyboardInterrupt:
        return


def _look(
    run: Run, judges: list[str], width: int, height: int | None = None
) -> RenderableType | None:
    """Return what to show: what drivers show themselves, else what is stored; None at the end."""
    drivers = shown_by(run.folder / "live", time.time())
    if drivers:
        each = None if height is None else height // len(drivers) - 1
        return Group(
            *(
                part
                for name, look in drivers.items()
                for part in (f"on {name}:", *look.stops(), screen(look, width, each))
            )
        )
    found = stands(run, judges)
    if not any(stand.left for stand in found):
        return None
    return Group(_table(found), *_troubles(found), "nobody works on it now")


def _print(console: Console, run: Run, content: Mapping[str, Any]) -> None:
    found = stands(run, list(content.get("judge") or {}))
    console.print(f"run {run.name} in {run.folder}", highlight=False)
    console.print(_table(found))
    for words in _troubles(found):
        console.print(words, highlight=False, soft_wrap=True)
    _money(console, run, content)
    aside = sum(1 for path in run.quarantine.rglob("*") if path.is_file())
    if aside:
        were = "shard was" if aside == 1 else "shards were"
        console.print(
            f"{aside} damaged {were} set aside in {run.quarantine}", highlight=False, soft_wrap=True
        )
    for line in job_lines(run.folder / "slurm"):
        console.print(line, highlight=False, soft_wrap=True)
    report = run.folder / "report.html"
    if any(stand.left for stand in found):
        console.print(f"this goes on: {going_on(run, found)}", highlight=False, soft_wrap=True)
    elif report.exists():
        console.print(f"report: {report}", highlight=False, soft_wrap=True)


def _money(console: Console, run: Run, content: Mapping[str, Any]) -> None:
    settings = content.get("spending") or {}
    paid = spent(ledger_at(run, settings.get("account")), run.name)
    if not paid:
        return
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    for name in ("stage", "model"):
        table.add_column(name)
    for name in ("attempts", "billed", "charged, not known", "dollars"):
        table.add_column(name, justify="right")
    for one in paid:
        table.add_row(
            one.stage,
            one.model,
            f"{one.attempts:,}",
            f"${one.settled_dollars:.4f}",
            f"${one.unresolved_dollars:.4f}",
            f"${one.dollars:.4f}",
        )
    console.print(table)
    cap = settings.get("cap_dollars")
    of = "" if cap is None else f" of ${cap:g}"
    console.print(f"spent: ${sum(one.dollars for one in paid):.4f}{of}", highlight=False)


def _troubles(found: list[Stand]) -> list[str]:
    named = [(f"{s.stage} {s.model}", trouble(s.failures, s.unparsable)) for s in found]
    return [f"{name}: {words}" for name, words in named if words]


def _table(found: list[Stand]) -> Table:
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
