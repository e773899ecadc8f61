"""Agreement of a run's judges on the same responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
from pyarrow import csv

from culture_ray.engines.model import Model
from culture_ray.labels.read import labels
from culture_ray.prompts.language import Language
from culture_ray.settings.judging import Judge
from culture_ray.stages.judge.check_files import agreement_table
from culture_ray.stages.judge.human_check import among_judges
from culture_ray.store.atomic import replace
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import AGREEMENT

FILE = "judge_agreement.csv"


def write_agreement(
    run: RunDirectory,
    models: Mapping[str, Model],
    languages: Mapping[str, Language],
    judges: Mapping[str, Judge],
) -> pa.Table | None:
    """Write judge_agreement.csv and return it; None for a single judge. Raises DiskProblem."""
    path = run.folder / FILE
    if len(judges) < 2:
        path.unlink(missing_ok=True)
        return None
    rows = labels(run, models, languages, stances=True)
    found: dict[str, dict[str, Sequence[str | None]]] = {name: {} for name in judges}
    language_of: dict[str, str] = {}
    for row in rows.select(["judge", "response_id", "language", "stances"]).to_pylist():
        if row["judge"] in found:
            found[row["judge"]][row["response_id"]] = row["stances"] or ()
            language_of[row["response_id"]] = row["language"]
    table = agreement_table(among_judges(found, language_of))
    replace(path, lambda temporary: csv.write_csv(table, temporary))
    return table


def agreement_of(run: RunDirectory) -> pa.Table | None:
    """Return the table that stands in the run directory, for the report; None before there is."""
    path = run.folder / FILE
    if not path.exists():
        return None
    options = csv.ConvertOptions(column_types=AGREEMENT, null_values=[""], strings_can_be_null=True)
    return csv.read_csv(path, convert_options=options).cast(AGREEMENT)
