"""`culture-ray export`: a run's tables as Parquet or as a Hugging Face dataset."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Literal

from rich.table import Table

from culture_ray.cli.arguments import run_directory
from culture_ray.cli.console import Screen
from culture_ray.config.build import convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.errors import ExitCode, WrongValue
from culture_ray.tools.export.export import export
from culture_ray.tools.export.export_job import ExportJob, ExportResult
from culture_ray.tools.hub import check_name, push_folder


def act(overrides: list[str]) -> int:
    """Write and summarise the export; return 0, or 3 if some shards did not verify."""
    command = shlex.join(["culture-ray", "export", *overrides])

    def run(content: Content, _: str) -> int:
        job = _job(content, command)
        push = _push(content, job)
        result = export(job)
        screen = Screen()
        _print(screen, job, result)
        if push is not None:
            private = convert(bool, content["private"], "private")
            message = f"Export of run {job.run.name}"
            address = push_folder(result.folder, push, private=private, message=message)
            screen.write_line(f"pushed: {address}")
        return ExitCode.INCOMPLETE if result.damaged else 0

    return compose_and_run("culture-ray export", overrides, run, root="export")


def _job(content: Content, command: str) -> ExportJob:
    run = run_directory(content, "quickstart")
    form = convert(Literal["parquet", "datasets"], content["format"], "format")
    to = convert(str | None, content["to"], "to")
    tables = content["tables"]
    tables = [tables] if isinstance(tables, str) else tables
    return ExportJob(
        run=run,
        folder=Path(to).expanduser() if to else run.folder / "export" / form,
        form=form,
        licence=convert(str | None, content["licence"], "licence"),
        tables=convert(tuple[str, ...] | None, tables, "tables"),
        command=command,
    )


def _push(content: Content, job: ExportJob) -> str | None:
    """Return the data set to push to; raises WrongValue for what cannot be pushed."""
    push: str | None = convert(str | None, content["push"], "push")
    private = convert(bool, content["private"], "private")
    if push is None:
        if not private:
            raise WrongValue("private", private, "push=organisation/name beside it")
        return None
    check_name("push", push)
    if job.form != "datasets":
        raise WrongValue("push", push, "format=datasets beside it")
    if not private and job.licence is None:
        raise WrongValue("push", push, "a licence for public data, such as licence=cc-by-4.0")
    return push


def _print(screen: Screen, job: ExportJob, result: ExportResult) -> None:
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    table.add_column("table")
    table.add_column("rows", justify="right")
    table.add_column("files", justify="right")
    for exported in result.tables:
        table.add_row(exported.name, f"{exported.rows:,}", f"{len(exported.files):,}")
    screen.print(table)
    if result.incomplete:
        screen.write_line(
            "! this run is not finished; the export contains what there is and says so:"
        )
    for line in result.incomplete:
        screen.write_line(f"!   {line}")
    if job.form == "datasets" and job.licence is None:
        screen.write_line("! the data card names no licence: choose one, such as licence=cc-by-4.0")
    screen.write_line(f"written: {result.folder}")
