"""Reliability of a run's judges as judge-check measured it: judge_reliability.csv."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
from pyarrow import csv

from culture_ray.settings.judging import Judge
from culture_ray.stages.judge.error import check_folder
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import JUDGE_RELIABILITY, RELIABILITY

_TABLE = "judge_reliability"
_KINDS = ("all", "language")


def write_confusion(run: RunDirectory, judges: Mapping[str, Judge]) -> pa.Table | None:
    """Write the error of each judge that was checked, in all and by language, and return it.

    What an earlier report found stays when the checks are gone; None where no judge was ever
    checked. Raises DiskProblem.
    """
    parts = []
    for judge in judges:
        folder = check_folder(run, judges, judge)
        if folder is not None and (folder / "reliability.csv").exists():
            table = _read(folder / "reliability.csv", RELIABILITY)
            rows = [row for row in table.to_pylist() if row["kind"] in _KINDS]
            named = [{"judge": judge, **row} for row in rows]
            parts.append(pa.Table.from_pylist(named, schema=JUDGE_RELIABILITY))
    if parts:
        catalogue.write(run, _TABLE, pa.concat_tables(parts))
    return catalogue.read(run, _TABLE)


def _read(path: object, schema: pa.Schema) -> pa.Table:
    options = csv.ConvertOptions(column_types=schema, null_values=[""], strings_can_be_null=True)
    return csv.read_csv(str(path), convert_options=options).select(schema.names).cast(schema)
