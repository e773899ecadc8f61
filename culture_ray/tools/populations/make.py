"""Ground truth for sweeps, computed from survey microdata."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import yaml

from culture_ray.errors import WrongValue
from culture_ray.store.atomic import replace_text
from culture_ray.store.provenance import host_facts
from culture_ray.survey.ground_truth import ground_truth_table
from culture_ray.survey.microdata.columns import Notice
from culture_ray.survey.microdata.estimate import Estimates, estimate, population_consistency
from culture_ray.survey.microdata.groupings import Grouping, grouping_of
from culture_ray.survey.microdata.respondents import COUNTRY, read_microdata
from culture_ray.survey.names import Names
from culture_ray.survey.topics import Topic
from culture_ray.tables import POPULATIONS

OPINIONS = 10
"""Group size for the self-consistency of populations: the number of people a response describes."""


@dataclass(frozen=True)
class PopulationsJob:
    """Job of `culture-ray populations`: data file, settings, and the folder to write to."""

    file: Path
    name: str
    folder: Path
    """Folder of a configuration; files are written to its subfolder `populations`."""
    topics: tuple[Topic, ...]
    recode: str
    by: tuple[str, ...]
    names: Names
    command: str
    countries: tuple[str, ...] | None = None
    regions: Mapping[str, str] | None = None
    """Region by country; None for the regions in `names`, of countries that are in the file."""
    us: str = "US"
    drop_unexpected: bool = False


@dataclass(frozen=True, eq=False)
class PopulationsResult:
    """Files written by `culture-ray populations`, and notices about them."""

    config: Path
    table: Path
    populations: pa.Table
    """POPULATIONS schema."""
    respondents: int
    notices: tuple[Notice, ...]


def make_populations(job: PopulationsJob) -> PopulationsResult:
    """Write the ground truth, its populations, its provenance, and a configuration file for sweeps.

    The configuration file `<name>.yaml` is written last, so that it never names a table that does
    not exist. Raises BadTable and MissingExtra for the data file, WrongValue and UnknownName for
    the job's settings, and DiskProblem.
    """
    folder = job.folder / "populations"
    config, provenance = folder / f"{job.name}.yaml", folder / f"{job.name}.provenance.json"
    if config.exists() and not provenance.exists():
        raise WrongValue("name", job.name, f"another name: {config} was written by hand")
    requested = [grouping_of(word, _regions(job)) for word in job.by]
    columns = tuple(dict.fromkeys(column for grouping in requested for column in grouping.columns))
    microdata = read_microdata(
        job.file,
        job.topics,
        by=columns,
        countries=job.countries,
        drop_unexpected=job.drop_unexpected,
    )
    present = microdata.columns[COUNTRY].values
    groupings = [
        _with_people(grouping, present) if job.regions is None else grouping
        for grouping in requested
    ]
    digest = _sha256(job.file)
    source = (
        f"computed by culture-ray from {job.file.name} (sha256 {digest[:12]}), weights gwght x "
        f"pwght, recode {job.recode}"
    )
    estimates = estimate(microdata, job.topics, groupings, recode=job.recode, source=source)
    estimates = _labelled(estimates, job.names)
    summary = _summary_table(estimates)
    notices = (*estimates.notices, *_unusable(estimates, job))
    table = folder / f"{job.name}.csv"
    replace_text(table, _csv(ground_truth_table(estimates.ground_truth, estimates.effective_n)))
    replace_text(folder / f"{job.name}.populations.csv", _csv(summary))
    respondents = len(microdata.weight)
    facts = _facts(job, digest, respondents, notices)
    replace_text(provenance, json.dumps(facts, indent=2, ensure_ascii=False))
    replace_text(config, _config_text(job, source, table))
    return PopulationsResult(config, table, summary, respondents, notices)


def _regions(job: PopulationsJob) -> Mapping[str, str]:
    return job.names.regions if job.regions is None else job.regions


def _with_people(grouping: Grouping, present: tuple[str, ...]) -> Grouping:
    """Return the grouping with only the regions of countries that are in the file."""
    if grouping.regions is None:
        return grouping
    regions = {name: grouping.regions[name] for name in grouping.regions if name in present}
    return replace(grouping, regions=regions)


def _labelled(estimates: Estimates, names: Names) -> Estimates:
    truth = estimates.ground_truth
    populations = tuple(names.labelled(population) for population in truth.populations)
    return replace(estimates, ground_truth=replace(truth, populations=populations))


def _summary_table(estimates: Estimates) -> pa.Table:
    truth = estimates.ground_truth
    consistency = population_consistency(estimates, OPINIONS)
    rows = []
    for row, population in enumerate(truth.populations):
        answered = ~np.isnan(truth.value_polarity[row])
        errors = truth.std_error[row][~np.isnan(truth.std_error[row])]
        known = not np.isnan(consistency[row])
        rows.append(
            {
                "population": population.name,
                "label": population.title,
                "kind": population.kind,
                "languages": " ".join(population.languages),
                "respondents": int(estimates.respondents[row]),
                "topics": int(answered.sum()),
                "smallest_n": int(truth.n[row][answered].min()) if answered.any() else None,
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
    job: PopulationsJob, digest: str, respondents: int, notices: tuple[Notice, ...]
) -> dict[str, Any]:
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": job.command,
        "file": {"name": job.file.name, "bytes": job.file.stat().st_size, "sha256": digest},
        "recode": job.recode,
        "by": list(job.by),
        "countries": None if job.countries is None else list(job.countries),
        "weights": "gwght x pwght",
        "topics": [topic.id for topic in job.topics],
        "respondents": respondents,
        "notices": [{"text": notice.text, "count": notice.count} for notice in notices],
        "host": host_facts(),
    }


def _config_text(job: PopulationsJob, source: str, table: Path) -> str:
    content = {
        "name": job.name,
        "source": source,
        "table": table.name,
        "recode": job.recode,
        "compare": ["all"],
        "us": job.us,
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    comment = f"# Written by culture-ray populations; sources: {job.name}.provenance.json."
    return f"# @package populations\n{comment}\n{text}"


def _csv(table: pa.Table) -> str:
    sink = io.BytesIO()
    pa.csv.write_csv(table, sink, pa.csv.WriteOptions(quoting_style="needed"))
    return sink.getvalue().decode()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
