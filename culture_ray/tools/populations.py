"""Ground truth from survey microdata, as populations that sweeps can choose."""

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
"""Self-consistency is that of groups of as many people as a response describes."""


@dataclass(frozen=True)
class PopulationsJob:
    """Job of `culture-ray populations`: data file, settings, and the folder to write to."""

    file: Path
    name: str
    folder: Path
    """A conf tree; the files go into `populations/` there."""
    topics: tuple[Topic, ...]
    recode: str
    by: tuple[str, ...]
    names: Names
    command: str
    countries: tuple[str, ...] | None = None
    regions: Mapping[str, str] | None = None
    """Region by country; None for those of `names` that the file has people of."""
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


def make_populations(asked: PopulationsJob) -> PopulationsResult:
    """Write the ground truth, its populations, its provenance and the choice for sweeps.

    The choice `<name>.yaml` comes last, so that it never names a table that is not there. Raises
    BadTable and MissingExtra for the file, WrongValue and UnknownName for what is asked,
    DiskProblem.
    """
    folder = asked.folder / "populations"
    config, made_before = folder / f"{asked.name}.yaml", folder / f"{asked.name}.provenance.json"
    if config.exists() and not made_before.exists():
        raise WrongValue("name", asked.name, f"another name: {config} was made by hand")
    words = [grouping_of(word, _regions(asked)) for word in asked.by]
    columns = tuple(dict.fromkeys(column for one in words for column in one.columns))
    microdata = read_microdata(
        asked.file,
        asked.topics,
        by=columns,
        countries=asked.countries,
        drop_unexpected=asked.drop_unexpected,
    )
    present = microdata.columns[COUNTRY].values
    groupings = [_with_people(one, present) if asked.regions is None else one for one in words]
    digest = _sha256(asked.file)
    source = (
        f"computed by culture-ray from {asked.file.name} (sha256 {digest[:12]}), weights gwght x "
        f"pwght, recode {asked.recode}"
    )
    found = estimate(microdata, asked.topics, groupings, recode=asked.recode, source=source)
    found = _labelled(found, asked.names)
    about = _about(found)
    notices = (*found.notices, *_unusable(found, asked))
    table = folder / f"{asked.name}.csv"
    replace_text(table, _csv(ground_truth_table(found.ground_truth, found.effective_n)))
    replace_text(folder / f"{asked.name}.populations.csv", _csv(about))
    respondents = len(microdata.weight)
    facts = _facts(asked, digest, respondents, notices)
    replace_text(made_before, json.dumps(facts, indent=2, ensure_ascii=False))
    replace_text(config, _choice(asked, source, table))
    return PopulationsResult(config, table, about, respondents, notices)


def _regions(asked: PopulationsJob) -> Mapping[str, str]:
    return asked.names.regions if asked.regions is None else asked.regions


def _with_people(grouping: Grouping, present: tuple[str, ...]) -> Grouping:
    """Return a grouping whose regions are those of countries that the file has people of."""
    if grouping.regions is None:
        return grouping
    regions = {name: grouping.regions[name] for name in grouping.regions if name in present}
    return replace(grouping, regions=regions)


def _labelled(found: Estimates, names: Names) -> Estimates:
    truth = found.ground_truth
    populations = tuple(names.labelled(population) for population in truth.populations)
    return replace(found, ground_truth=replace(truth, populations=populations))


def _about(found: Estimates) -> pa.Table:
    truth = found.ground_truth
    consistency = population_consistency(found, OPINIONS)
    rows = []
    for row, population in enumerate(truth.populations):
        asked = ~np.isnan(truth.value_polarity[row])
        errors = truth.std_error[row][~np.isnan(truth.std_error[row])]
        known = not np.isnan(consistency[row])
        rows.append(
            {
                "population": population.name,
                "label": population.title,
                "kind": population.kind,
                "languages": " ".join(population.languages),
                "respondents": int(found.respondents[row]),
                "topics": int(asked.sum()),
                "smallest_n": int(truth.n[row][asked].min()) if asked.any() else None,
                "median_std_error": float(np.median(errors)) if errors.size else None,
                "self_consistency": float(consistency[row]) if known else None,
            }
        )
    return pa.Table.from_pylist(rows, schema=POPULATIONS)


def _unusable(found: Estimates, asked: PopulationsJob) -> tuple[Notice, ...]:
    """Return the reasons why a sweep cannot compare with these populations as they are."""
    populations = found.ground_truth.populations
    notices = []
    if asked.us not in {population.name for population in populations}:
        text = f"no population '{asked.us}': a sweep needs populations.us=NAME of one there is"
        notices.append(Notice(text, 1))
    if not any(population.kind == "language" for population in populations):
        text = "no speakers of languages: a sweep needs them, add language to by"
        notices.append(Notice(text, 1))
    return tuple(notices)


def _facts(
    asked: PopulationsJob, digest: str, respondents: int, notices: tuple[Notice, ...]
) -> dict[str, Any]:
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": asked.command,
        "file": {"name": asked.file.name, "bytes": asked.file.stat().st_size, "sha256": digest},
        "recode": asked.recode,
        "by": list(asked.by),
        "countries": None if asked.countries is None else list(asked.countries),
        "weights": "gwght x pwght",
        "topics": [topic.id for topic in asked.topics],
        "respondents": respondents,
        "notices": [{"text": notice.text, "count": notice.count} for notice in notices],
        "host": host_facts(),
    }


def _choice(asked: PopulationsJob, source: str, table: Path) -> str:
    content = {
        "name": asked.name,
        "source": source,
        "table": table.name,
        "recode": asked.recode,
        "compare": ["all"],
        "us": asked.us,
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    made = f"# Made by culture-ray populations; from what says {asked.name}.provenance.json."
    return f"# @package populations\n{made}\n{text}"


def _csv(table: pa.Table) -> str:
    sink = io.BytesIO()
    pa.csv.write_csv(table, sink, pa.csv.WriteOptions(quoting_style="needed"))
    return sink.getvalue().decode()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
