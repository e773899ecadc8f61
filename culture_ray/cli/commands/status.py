"""`culture-ray status`: what a run directory holds, once or for as long as one watches."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from culture_ray.cli.commands.watching import PRINT_EVERY_S, stood, troubles, watch
from culture_ray.cli.console import Screen
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.errors import WrongValue
from culture_ray.plan.billing import ledger_at
from culture_ray.run.open import made_with
from culture_ray.run.status import going_on, stage_statuses
from culture_ray.spending.statement import spending_of
from culture_ray.store.run_directory import RunDirectory
from culture_ray.submission.jobs import job_is_there, job_lines

WATCH = ("--watch", "watch=true")
"""Words that ask for a table that goes on; the first is a flag, the second is like all others."""


def act(overrides: list[str]) -> int:
    """Print how far a run is; return 0."""
    watched = any(word in WATCH for word in overrides)
    overrides = [word for word in overrides if word not in (*WATCH, "watch=false")]

    def run(content: Content, _: str) -> None:
        if not content["run"]:
            raise WrongValue("run", content["run"], "a name, such as run=quickstart")
        chosen = RunDirectory(Path(str(content["results"])).expanduser() / str(content["run"]))
        while _only_submitted(Screen(), chosen):
            if not (watched and job_is_there(chosen.folder / "slurm")):
                return
            time.sleep(PRINT_EVERY_S)
        made = made_with(chosen)
        if watched:
            watch(Screen(), chosen, made)
        _print(Screen(), chosen, made)

    compose_and_run("culture-ray status", overrides, run)
    return 0


def _only_submitted(console: Console, run: RunDirectory) -> bool:
    """Show the jobs of a run that none of them has begun; return whether it is such a run."""
    lines = [] if run.config.exists() else list(job_lines(run.folder / "slurm"))
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)
    return bool(lines)


def _print(console: Console, run: RunDirectory, content: Mapping[str, Any]) -> None:
    found = stage_statuses(run, list(content.get("judge") or {}))
    console.print(f"run {run.name} in {run.folder}", highlight=False)
    console.print(stood(found))
    for words in troubles(found):
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
        console.print(f"resume with: {going_on(run, found)}", highlight=False, soft_wrap=True)
    elif report.exists():
        console.print(f"report: {report}", highlight=False, soft_wrap=True)


def _money(console: Console, run: RunDirectory, content: Mapping[str, Any]) -> None:
    settings = content.get("spending") or {}
    paid = spending_of(ledger_at(run, settings.get("account")), run.name)
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
