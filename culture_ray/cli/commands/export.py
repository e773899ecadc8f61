"""`culture-ray export`: a run's tables for other programs, and for others to use."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table

from culture_ray.cli.console import Screen
from culture_ray.config.build import convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.errors import WrongValue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tools.export.export import ExportJob, ExportResult, export

DAMAGED = 3
"""Exit code of an export that left something out because it did not verify."""


def act(overrides: list[str]) -> int:
    """Write the export and say what is in it; return 0, or 3 where something did not verify."""
    command = shlex.join(["culture-ray", "export", *overrides])

    def run(content: Content, _: str) -> int:
        asked = _asked(content, command)
        made = export(asked)
        _print(Screen(), asked, made)
        return DAMAGED if made.damaged else 0

    return compose_and_run("culture-ray export", overrides, run, root="export")


def _asked(content: Content, command: str) -> ExportJob:
    if not content["run"]:
        raise WrongValue("run", content["run"], "a name, such as run=quickstart")
    form = convert(Literal["parquet", "datasets"], content["format"], "format")
    run = RunDirectory(Path(str(content["results"])).expanduser() / str(content["run"]))
    to = convert(str | None, content["to"], "to")
    given = content["tables"]
    tables = [given] if isinstance(given, str) else given
    return ExportJob(
        run=run,
        folder=Path(to).expanduser() if to else run.folder / "export" / form,
        form=form,
        licence=convert(str | None, content["licence"], "licence"),
        tables=convert(tuple[str, ...] | None, tables, "tables"),
        command=command,
    )


def _print(console: Console, asked: ExportJob, made: ExportResult) -> None:
    def say(line: str) -> None:
        console.print(line, highlight=False, soft_wrap=True, markup=False)

    table = Table(box=None, padding=(0, 1), pad_edge=False)
    table.add_column("table")
    table.add_column("rows", justify="right")
    table.add_column("files", justify="right")
    for one in made.tables:
        table.add_row(one.name, f"{one.rows:,}", f"{len(one.files):,}")
    console.print(table)
    if made.incomplete:
        say("! this run is not finished; the export says so, and holds what there is:")
    for line in made.incomplete:
        say(f"!   {line}")
    if asked.form == "datasets" and asked.licence is None:
        say("! the data card names no licence: licence=cc-by-4.0, or another one, sets it")
    say(f"written: {made.folder}")
