"""Leaderboard over runs: one table, records of Every Eval Ever, and a page to publish."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv

from culture_ray import __version__
from culture_ray.engines.model import Model
from culture_ray.errors import WrongValue
from culture_ray.report.cell_refs import numbered_rows
from culture_ray.report.formatting import counted
from culture_ray.report.page.leaderboard_page import RankedModels, leaderboard_page
from culture_ray.report.study import ReportLanguage
from culture_ray.run.commits import known_commits, with_commits
from culture_ray.run.made_with import made_with
from culture_ray.run.status import stage_statuses
from culture_ray.settings.run import Settings
from culture_ray.stages.regress.closeness.leaderboard import leaderboard
from culture_ray.stages.regress.closeness.main_cells import MainCells
from culture_ray.store.folders import replaced_folder
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import LEADERBOARD_OF_RUNS
from culture_ray.tools.leaderboard.groups import RunGroup, run_groups
from culture_ray.tools.leaderboard.joint_cells import joint_cells, measured_rows, shown_names
from culture_ray.tools.leaderboard.records import records

MARKER = "leaderboard.json"
"""File that says how a leaderboard was made; a folder without it is never replaced."""

Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class PublishedLeaderboard:
    """Leaderboard as written: its folder, its rows, and what a reader has to know."""

    folder: Path
    table: pa.Table
    """LEADERBOARD_OF_RUNS schema."""
    apart: tuple[str, ...]
    """Sentences on the tables after the first: why they stand apart."""
    notes: tuple[str, ...]
    """Sentences on runs that are not finished, and on models that only prove the path."""


def write_leaderboard(
    runs: Sequence[Settings], seed: int, folder: Path, title: str, command: str
) -> PublishedLeaderboard:
    """Write index.html, leaderboard.csv and every_eval_ever.jsonl, in place of an earlier one.

    Models are ranked among those that were asked alike: same topics, main protocol, texts, judge
    and survey figures; others have tables of their own. Raises WrongValue for two runs of one name,
    for a run without a study, and for a folder of other files; NoSuchRun for a run that is not
    measured; RunMismatch and DiskProblem.
    """
    by_name = {run.run.name: run for run in runs}
    if len(by_name) < len(runs):
        raise WrongValue("run", [run.run.name for run in runs], "runs of different names")
    measured = {run.run.name: measured_rows(run.run, run.main_protocol) for run in runs}
    groups = run_groups(runs)
    rows: list[Row] = []
    cells: list[MainCells] = []
    for number, group in enumerate(groups, 1):
        names = shown_names({run.run.name: measured[run.run.name] for run in group.runs})
        cells.append(joint_cells(group.runs, measured, names, seed))
        run_of = {name: (by_name[run], model) for (run, model), name in names.items()}
        rows += [
            {"table": number, **_origin(run_of.get(row["model"])), **row}
            for row in leaderboard(cells[-1])
        ]
    table = pa.Table.from_pylist(rows, schema=LEADERBOARD_OF_RUNS)
    rows = numbered_rows(table)
    shown = [
        _ranked_models(group, [row for row in rows if row["table"] == number], found)
        for number, (group, found) in enumerate(zip(groups, cells, strict=True), 1)
    ]
    notes = tuple(dict.fromkeys(note for run in runs for note in _notes(run.run, run.models)))
    lines = (json.dumps(record, ensure_ascii=False)
             for record in records(rows, by_name, __version__, time.time()))  # fmt: skip
    made = datetime.now(UTC).isoformat(timespec="seconds")
    facts = {"made_at": made, "command": command, "version": __version__, "seed": seed,
             "runs": [str(run.run.folder) for run in runs]}  # fmt: skip
    texts = {
        "every_eval_ever.jsonl": "".join(f"{line}\n" for line in lines),
        "index.html": leaderboard_page(title, shown, notes, made, command),
        MARKER: json.dumps(facts, indent=2, ensure_ascii=False),
    }
    with replaced_folder(folder, MARKER, "to") as new:
        csv.write_csv(table, new / "leaderboard.csv")
        for name, text in texts.items():
            (new / name).write_text(text, encoding="utf-8")
    return PublishedLeaderboard(folder, table, tuple(g.apart for g in groups[1:]), notes)


def _origin(of: tuple[Settings, str] | None) -> Row:
    """Return the run and the source of a model; nulls for a mean over models."""
    if of is None:
        return {"run": None, "source": None}
    run, name = of
    model = with_commits(run.models, known_commits(run.run))[name]
    source = f"{model.source}@{model.revision}" if model.revision else model.source
    return {"run": run.run.name, "source": source}


def _ranked_models(group: RunGroup, rows: Sequence[Row], found: MainCells) -> RankedModels:
    first = group.runs[0]
    languages = {code: text.name for run in group.runs for code, text in run.languages.items()}
    return RankedModels(
        rows=rows,
        languages=tuple(ReportLanguage(code, name) for code, name in languages.items()),
        populations={population.name: population.title for population in found.truth.populations},
        protocol=first.main_protocol,
        judge=next(iter(first.judges), ""),
        topics=len(found.topics),
        survey=first.populations.source,
        apart=group.apart,
    )


def _notes(run: RunDirectory, models: Mapping[str, Model]) -> Iterator[str]:
    """Yield sentences on a run that is not finished, and on models that only prove the path."""
    statuses = stage_statuses(run, list(made_with(run).get("judge") or {}))
    if left := sum(status.left for status in statuses):
        yield f"Run {run.name} is not finished: {counted(left, 'request')} left."
    for name, model in models.items():
        if model.proves_path_only:
            yield (
                f"{name} only shows that the program works; its place says nothing about culture."
            )
