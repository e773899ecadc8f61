"""Agreement and reliability of a run's judges: judge_agreement.csv and judge_reliability.csv."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from culture_ray.engines.model import Model
from culture_ray.labels.read import labels
from culture_ray.prompts.language import Language
from culture_ray.settings.judging import Judge
from culture_ray.stages.judge.check_files import agreement_table
from culture_ray.stages.judge.error import check_folder
from culture_ray.stages.judge.human_check import among_judges
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import JUDGE_RELIABILITY, RELIABILITY

_AGREEMENT, _RELIABILITY = "judge_agreement", "judge_reliability"
_KINDS = ("all", "language")
"""Groups of a judge check that the report shows."""


def write_agreement(
    run: RunDirectory,
    models: Mapping[str, Model],
    languages: Mapping[str, Language],
    judges: Mapping[str, Judge],
) -> pa.Table | None:
    """Write judge_agreement.csv and return it; None for a single judge. Raises DiskProblem."""
    if len(judges) < 2:
        catalogue.remove(run, _AGREEMENT)
        return None
    rows = labels(run, models, languages, stances=True)
    stances: dict[str, dict[str, Sequence[str | None]]] = {name: {} for name in judges}
    language_of: dict[str, str] = {}
    for row in rows.select(["judge", "response_id", "language", "stances"]).to_pylist():
        if row["judge"] in stances:
            stances[row["judge"]][row["response_id"]] = row["stances"] or ()
            language_of[row["response_id"]] = row["language"]
    table = agreement_table(among_judges(stances, language_of))
    catalogue.write(run, _AGREEMENT, table)
    return table


def read_agreement(run: RunDirectory) -> pa.Table | None:
    """Return judge_agreement.csv of a run; None if it has not been written."""
    return catalogue.read(run, _AGREEMENT)


def write_reliability(run: RunDirectory, judges: Mapping[str, Judge]) -> pa.Table | None:
    """Write the reliability of each checked judge, overall and by language, and return it.

    If the judge checks have been removed, the table of an earlier report is kept. None where no
    judge was ever checked. Raises DiskProblem.
    """
    tables = []
    for judge in judges:
        folder = check_folder(run, judges, judge)
        if folder is not None and (folder / "reliability.csv").exists():
            checked = _read_reliability(folder / "reliability.csv").to_pylist()
            rows = [{"judge": judge, **row} for row in checked if row["kind"] in _KINDS]
            tables.append(pa.Table.from_pylist(rows, schema=JUDGE_RELIABILITY))
    if tables:
        catalogue.write(run, _RELIABILITY, pa.concat_tables(tables))
    return catalogue.read(run, _RELIABILITY)


def _read_reliability(path: Path) -> pa.Table:
    options = csv.ConvertOptions(
        column_types=RELIABILITY, null_values=[""], strings_can_be_null=True
    )
    table = csv.read_csv(str(path), convert_options=options)
    return table.select(RELIABILITY.names).cast(RELIABILITY)
