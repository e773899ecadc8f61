"""Capability figures for sweeps, computed from the result files of benchmark harnesses."""

from __future__ import annotations

import json

from culture_ray.errors import WrongValue
from culture_ray.store.atomic import replace_text
from culture_ray.survey.harnesses.result_files import result_files
from culture_ray.survey.harnesses.scores import mean_scores
from culture_ray.tools.capability.contents import (
    config_text,
    csv_text,
    facts,
    mean_table,
    score_table,
)
from culture_ray.tools.capability.job import CapabilityJob, CapabilityResult
from culture_ray.tools.capability.usable_scores import usable_scores


def make_capability(job: CapabilityJob) -> CapabilityResult:
    """Write the scores, their means, their provenance, and a configuration file for sweeps.

    The configuration file `<name>.yaml` is written last, so that it never names a table that does
    not exist. Raises BadTable for files that cannot be used or have no score of a known model,
    WrongValue if a hand-written file has this name, and DiskProblem.
    """
    folder = job.folder / "capability"
    config, provenance = folder / f"{job.name}.yaml", folder / f"{job.name}.provenance.json"
    if config.exists() and not provenance.exists():
        raise WrongValue("name", job.name, f"another name: {config} was written by hand")
    paths = result_files(job.files, job.harness)
    scores, notes = usable_scores(job, paths)
    means = mean_scores(scores)
    table = folder / f"{job.name}.csv"
    replace_text(table, csv_text(score_table(scores)))
    replace_text(folder / f"{job.name}.means.csv", csv_text(mean_table(means)))
    replace_text(provenance, json.dumps(facts(job, paths, notes), indent=2, ensure_ascii=False))
    replace_text(config, config_text(job, table))
    return CapabilityResult(config, table, tuple(means), len(scores), len(paths), tuple(notes))
