"""Ground truth for sweeps, computed from a survey's data."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import yaml

from culture_ray.errors import BadTable, WrongValue
from culture_ray.store.atomic import replace_text
from culture_ray.store.provenance import host_facts
from culture_ray.survey.answer_distributions import answer_means_table, answer_shares_table
from culture_ray.survey.ground_truth_table import ground_truth_table
from culture_ray.survey.microdata.estimate import Estimates, population_consistency
from culture_ray.survey.microdata.notices import Notice
from culture_ray.survey.microdata.option_shares import OptionShares
from culture_ray.tables import POPULATIONS
from culture_ray.tools.populations.estimates import SurveyEstimates, survey_estimates
from culture_ray.tools.populations.job import PopulationsJob, PopulationsResult

OPINIONS = 10
"""Group size for the self-consistency of populations: the number of people a response describes."""


def make_populations(job: PopulationsJob) -> PopulationsResult:
    """Write the ground truth, its populations and provenance, and a configuration file for sweeps.

    With `job.profiles`, the respondents by profile are written too.

    The configuration file `<name>.yaml` is written last, so that it never names a table that does
    not exist. Raises BadTable and MissingExtra for the data files, WrongValue and UnknownName for
    the job's settings, and DiskProblem.
    """
    folder = job.folder / "populations"
    config, provenance = folder / f"{job.name}.yaml", folder / f"{job.name}.provenance.json"
    if config.exists() and not provenance.exists():
        raise WrongValue("name", job.name, f"another name: {config} was written by hand")
    digests = {path.name: _sha256(path) for path in job.files}
    told = ", ".join(f"{name} (sha256 {digest[:12]})" for name, digest in digests.items())
    source = (
        f"{job.survey.source}; computed by culture-ray from {told}, weights {job.weighting}, "
        f"recode {job.recode}"
    )
    found = survey_estimates(job, source)
    estimates = found.estimates
    summary = _summary_table(found)
    notices = (*estimates.notices, *_unusable(estimates, job))
    table = folder / f"{job.name}.csv"
    replace_text(table, _csv(ground_truth_table(estimates.ground_truth, estimates.effective_n)))
    replace_text(folder / f"{job.name}.populations.csv", _csv(summary))
    people, answers = estimates.ground_truth.populations, estimates.distributions
    replace_text(folder / _answers_file(job), _csv(answer_shares_table(people, answers)))
    means = _csv(answer_means_table(people, answers))
    replace_text(folder / f"{job.name}.answer_means.csv", means)
    people_file = None
    if found.profiled is not None:
        people_file = folder / _respondents_file(job)
        replace_text(people_file, _csv(found.profiled))
    facts = _facts(job, digests, found, notices)
    replace_text(provenance, json.dumps(facts, indent=2, ensure_ascii=False))
    replace_text(config, _config_text(job, source, table))
    topics = len(estimates.ground_truth.topics)
    return PopulationsResult(
        config, table, summary, found.respondents, topics, notices, people_file
    )


def _summary_table(found: SurveyEstimates) -> pa.Table:
    estimates = found.estimates
    truth = estimates.ground_truth
    consistency = population_consistency(estimates, OPINIONS)
    rows = []
    for row, population in enumerate(truth.populations):
        answered = ~np.isnan(truth.value_polarity[row])
        errors = truth.std_error[row][~np.isnan(truth.std_error[row])]
        counts = truth.n[row][answered & ~np.isnan(truth.n[row])]
        known = not np.isnan(consistency[row])
        people = None if found.respondents is None else int(estimates.respondents[row])
        rows.append(
            {
                "population": population.name,
                "label": population.title,
                "kind": population.kind,
                "languages": " ".join(population.languages),
                "respondents": people,
                "topics": int(answered.sum()),
                "smallest_n": int(counts.min()) if counts.size else None,
                "median_std_error": float(np.median(errors)) if errors.size else None,
                "self_consistency": float(consistency[row]) if known else None,
            }
        )
    return pa.Table.from_pylist(rows, schema=POPULATIONS)


def _unusable(estimates: Estimates, job: PopulationsJob) -> tuple[Notice, ...]:
    """Return notices on settings that a sweep needs before it can use these populations."""
    populations = estimates.ground_truth.populations
    notices = []
    if job.us not in {population.name for population in populations}:
        text = f"no population '{job.us}': a sweep needs populations.us=NAME of an existing one"
        notices.append(Notice(text, 1))
    if not any(population.kind == "language" for population in populations):
        text = "no speakers of languages, which a sweep needs: add language to by"
        notices.append(Notice(text, 1))
    return tuple(notices)


def _facts(
    job: PopulationsJob,
    digests: Mapping[str, str],
    found: SurveyEstimates,
    notices: tuple[Notice, ...],
) -> dict[str, Any]:
    files = [
        {"name": path.name, "bytes": path.stat().st_size, "sha256": digests[path.name]}
        for path in job.files
    ]
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": job.command,
        "survey": {"name": job.survey.name, "source": job.survey.source},
        "file": files[0],
        "files": files,
        "recode": job.recode,
        "by": list(job.by),
        "countries": None if job.countries is None else list(job.countries),
        "weights": job.weighting,
        "single_unit": job.single_unit,
        "profiles": _profile_facts(job, found),
        "topics": list(found.estimates.ground_truth.topics),
        "respondents": found.respondents,
        "notices": [{"text": notice.text, "count": notice.count} for notice in notices],
        "host": host_facts(),
    }


def _profile_facts(job: PopulationsJob, found: SurveyEstimates) -> dict[str, Any] | None:
    rule = job.profiles
    if rule is None or found.profiled is None:
        return None
    return {
        "columns": _profile_columns(job),
        "smallest": rule.smallest,
        "small": rule.small,
        "respondents": found.profiled.num_rows,
        "profiles": len(found.profiled.column("profile").unique()),
    }


def _profile_columns(job: PopulationsJob) -> dict[str, str]:
    """Return the survey's column of each characteristic, the country first."""
    if job.profiles is None or isinstance(job.survey, OptionShares):
        return {}
    own = {each.name: each.column for each in job.profiles.characteristics}
    return {"country": job.survey.country.column} | own


def _config_text(job: PopulationsJob, source: str, table: Path) -> str:
    content: dict[str, Any] = {
        "name": job.name,
        "source": source,
        "table": table.name,
        "answers": _answers_file(job),
        "recode": job.recode,
        "compare": ["all"],
        "us": job.us,
    }
    if job.profiles is not None:
        content["respondents"] = _respondents_file(job)
        content["respondent_columns"] = _profile_columns(job)
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    comment = f"# Written by culture-ray populations; sources: {job.name}.provenance.json."
    return f"# @package populations\n{comment}\n{text}"


def _answers_file(job: PopulationsJob) -> str:
    return f"{job.name}.answer_shares.csv"


def _respondents_file(job: PopulationsJob) -> str:
    return f"{job.name}.respondents.csv"


def _csv(table: pa.Table) -> str:
    sink = io.BytesIO()
    pa.csv.write_csv(table, sink, pa.csv.WriteOptions(quoting_style="needed"))
    return sink.getvalue().decode()


def _sha256(path: Path) -> str:
    if not path.is_file():
        raise BadTable(f"{path}: there is no such file")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
