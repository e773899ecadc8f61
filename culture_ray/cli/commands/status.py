"""`culture-ray status`: the progress of a run, once or updated until it is done."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from culture_ray.cli.arguments import run_directory
from culture_ray.cli.commands.elsewhere import made_with_or_elsewhere
from culture_ray.cli.commands.watching import (
    PRINT_EVERY_S,
    driver_lines,
    failure_lines,
    status_table,
    watch,
)
from culture_ray.cli.console import Screen
from culture_ray.config.hydra_hooks.plain_words import on_place
from culture_ray.run.ledger import ledger_at
from culture_ray.run.status import resume_command, stage_statuses
from culture_ray.spending.statement import spending_of
from culture_ray.store.run_directory import RunDirectory
from culture_ray.submission.chain import read_chain
from culture_ray.submission.jobs import ended, is_known_to_run, job_lines
from culture_ray.submission.submitted_command import SCRIPT, submitted_command
from culture_ray.sweep.progress.snapshot_files import snapshots_in

WATCH = ("--watch", "watch=true")
"""Arguments that ask for a table that is updated: a flag, and the same as an override."""


def act(overrides: list[str]) -> int:
    """Print the progress of a run; return 0."""
    watched = any(word in WATCH for word in overrides)
    overrides = [word for word in overrides if word not in (*WATCH, "watch=false")]

    def run(content: Mapping[str, Any], _: str) -> None:
        chosen = run_directory(content, "quickstart")
        while _show_pending_jobs(Screen(), chosen):
            if not (watched and is_known_to_run(chosen.folder / "slurm")):
                return
            time.sleep(PRINT_EVERY_S)
        made = made_with_or_elsewhere(chosen)
        if watched:
            folder = chosen.folder / "slurm"
            watch(
                Screen(), chosen, made,
                jobs_ended=lambda: bool(read_chain(folder)) and ended(folder),
            )  # fmt: skip
        _print(Screen(), chosen, made)

    on_place("culture-ray status", overrides, run)
    return 0


def _show_pending_jobs(screen: Screen, run: RunDirectory) -> bool:
    """Show the jobs of a run if none has started yet; return True if that is so."""
    folder = run.folder / "slurm"
    lines = [] if run.config.exists() else list(job_lines(folder))
    for line in lines:
        screen.write_line(line)
    again = submitted_command(folder / SCRIPT)
    if lines and again is not None and ended(folder):
        screen.write_line(f"submit again with: {again}")
    return bool(lines)


def _print(screen: Screen, run: RunDirectory, content: Mapping[str, Any]) -> None:
    statuses = stage_statuses(run, list(content.get("judge") or {}))
    screen.print(f"run {run.name} in {run.folder}", highlight=False)
    if scored := content.get("imported"):
        screen.write_line(f"imported from {scored['file']}: there is nothing to ask")
    else:
        screen.print(status_table(statuses))
    for line in failure_lines(statuses):
        screen.write_line(line)
    _print_spending(screen, run, content)
    aside = sum(1 for path in run.quarantine.rglob("*") if path.is_file())
    if aside:
        were = "shard was" if aside == 1 else "shards were"
        screen.write_line(f"{aside} damaged {were} set aside in {run.quarantine}")
    for line in job_lines(run.folder / "slurm"):
        screen.write_line(line)
    drivers = snapshots_in(run.folder / "live", time.time())
    for name, snapshot in drivers.items():
        for line in driver_lines(snapshot):
            screen.write_line(f"on {name}: {line}")
    report = run.folder / "report.html"
    if drivers:
        screen.write_line(f"to follow it: culture-ray status {_named(run)} --watch")
    elif any(status.left for status in statuses):
        if is_known_to_run(run.folder / "slurm"):
            return
        screen.write_line("no driver is running")
        screen.write_line(f"resume with: {resume_command(run, statuses)}")
    elif report.exists():
        screen.write_line(f"report: {report}")


def _named(run: RunDirectory) -> str:
    """Return the words that name a run on the command line."""
    results = run.folder.parent
    place = "" if results == Path("results") else f" results={shlex.quote(str(results))}"
    return f"run={shlex.quote(run.name)}{place}"


def _print_spending(screen: Screen, run: RunDirectory, content: Mapping[str, Any]) -> None:
    settings = content.get("spending") or {}
    paid = spending_of(ledger_at(run, settings.get("account")), run.name)
    if not paid:
        return
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    for name in ("stage", "model"):
        table.add_column(name)
    for name in ("attempts", "billed", "charged, unresolved", "dollars"):
        table.add_column(name, justify="right")
    for entry in paid:
        table.add_row(
            entry.stage,
            entry.model,
            f"{entry.attempts:,}",
            f"${entry.settled_dollars:.4f}",
            f"${entry.unresolved_dollars:.4f}",
            f"${entry.dollars:.4f}",
        )
    screen.print(table)
    cap = settings.get("cap_dollars")
    of = "" if cap is None else f" of ${cap:g}"
    screen.print(f"spent: ${sum(entry.dollars for entry in paid):.4f}{of}", highlight=False)
