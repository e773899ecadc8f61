"""Sensitivity to the judge: the change in figures and regressions when another judge is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as replace_fields
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.labels.judge_order import judge_order
from culture_ray.settings.run import Settings
from culture_ray.stages.regress.cells import Cells
from culture_ray.stages.regress.files import Result
from culture_ray.stages.regress.regressions import regressions
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import JUDGE_MOVES, JUDGE_REGRESSIONS

_FIGURES = ("alignment_language", "us_minus_native", "self_consistency")
_KEY = ["model", "language", "protocol"]


def write_judge_sensitivity(settings: Settings, cells: Cells) -> None:
    """Write judges.csv and regression/judges.csv if a run has several judges.

    The regressions use the run's inference and default design, without permutation tests.
    Raises DiskProblem.
    """
    run = settings.run
    judges = [
        judge
        for judge in judge_order(settings.judges, settings.judging)
        if (cells.rows["judge"] == judge).any()
    ]
    if len(judges) < 2:
        for name in ("judge_moves", "judge_regressions"):
            catalogue.remove(run, name)
        return
    moves = pa.Table.from_pylist(list(_figures(cells, judges)), JUDGE_MOVES)
    rows = list(_regressions(settings, cells, judges))
    catalogue.write(run, "judge_moves", moves)
    catalogue.write(run, "judge_regressions", pa.Table.from_pylist(rows, JUDGE_REGRESSIONS))


def judge_sensitivity_tables(run: RunDirectory) -> tuple[pa.Table | None, pa.Table | None]:
    """Return judges.csv and regression/judges.csv of a run; None for a table not written."""
    return catalogue.read(run, "judge_moves"), catalogue.read(run, "judge_regressions")


def cells_of_judge(cells: Cells, judge: str) -> Cells:
    """Return the cells of one judge's labels, and the baselines, which have no judge."""
    positions = np.flatnonzero(cells.rows["judge"].isna() | (cells.rows["judge"] == judge))
    return Cells(
        cells.rows.iloc[positions].reset_index(drop=True),
        {name: drawn[positions] for name, drawn in cells.rounds.items()},
        [cells.study[position] for position in positions],
        cells.truth,
        cells.items,
    )


def _figures(cells: Cells, judges: list[str]) -> Iterator[dict[str, Any]]:
    reference = cells.rows[cells.rows["judge"] == judges[0]].set_index(_KEY)
    for judge in judges[1:]:
        rows = cells.rows[cells.rows["judge"] == judge].set_index(_KEY)
        for figure in _FIGURES:
            for key in rows.index.intersection(reference.index, sort=False):
                value, before = _number(rows, key, figure), _number(reference, key, figure)
                yield dict(zip(_KEY, key, strict=True)) | {
                    "figure": figure,
                    "judge": judge,
                    "value": value,
                    "reference": before,
                    "moves": None if value is None or before is None else value - before,
                }


def _regressions(settings: Settings, cells: Cells, judges: list[str]) -> Iterator[dict[str, Any]]:
    reference: dict[tuple[str, str], float] = {}
    for judge in judges:
        for result in _results(settings, cells_of_judge(cells, judge)):
            for row in [] if result.table is None else result.table.to_dict("records"):
                term = (result.name, str(row["term"]))
                if judge == judges[0]:
                    reference[term] = row["estimate"]
                    continue
                before = reference.get(term)
                yield {name: row[name] for name in ("estimate", "std_error", "p_value")} | {
                    "regression": result.name,
                    "term": term[1],
                    "judge": judge,
                    "ci_low": row["ci_low"],
                    "ci_high": row["ci_high"],
                    "reference": before,
                    "moves": None if before is None else row["estimate"] - before,
                }


def _results(settings: Settings, cells: Cells) -> Iterator[Result]:
    inference = settings.inference
    designs = {inference.design: inference.designs[inference.design]}
    alone = replace_fields(inference, designs=designs, permutations=0)
    us, baselines = settings.populations.us, settings.baselines
    yield from regressions(cells, alone, settings.seed, us, baselines)


def _number(rows: pd.DataFrame, key: Any, figure: str) -> float | None:
    value = float(rows.loc[key, figure])
    return None if np.isnan(value) else value
