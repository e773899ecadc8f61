"""Agreement of a run's judges on the same responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from culture_ray.engines.model import Model
from culture_ray.labels.read import labels
from culture_ray.prompts.language import Language
from culture_ray.settings.judging import Judge
from culture_ray.stages.judge.check_files import agreement_table
from culture_ray.stages.judge.human_check import among_judges
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory

_TABLE = "judge_agreement"


def write_agreement(
    run: RunDirectory,
    models: Mapping[str, Model],
    languages: Mapping[str, Language],
    judges: Mapping[str, Judge],
) -> pa.Table | None:
    """Write judge_agreement.csv and return it; None for a single judge. Raises DiskProblem."""
    if len(judges) < 2:
        catalogue.remove(run, _TABLE)
        return None
    rows = labels(run, models, languages, stances=True)
    found: dict[str, dict[str, Sequence[str | None]]] = {name: {} for name in judges}
    language_of: dict[str, str] = {}
    for row in rows.select(["judge", "response_id", "language", "stances"]).to_pylist():
        if row["judge"] in found:
            found[row["judge"]][row["response_id"]] = row["stances"] or ()
            language_of[row["response_id"]] = row["language"]
    table = agreement_table(among_judges(found, language_of))
    catalogue.write(run, _TABLE, table)
    return table


def agreement_of(run: RunDirectory) -> pa.Table | None:
    """Return the table that stands in the run directory, for the report; None before there is."""
    return catalogue.read(run, _TABLE)
