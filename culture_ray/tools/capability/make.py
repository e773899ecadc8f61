"""Capability figures for sweeps, computed from the result files of benchmark harnesses."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import yaml

from culture_ray.errors import BadTable, WrongValue
from culture_ray.store.atomic import replace_text
from culture_ray.store.provenance import host_facts
from culture_ray.survey.harnesses.euroeval import euroeval_scores
from culture_ray.survey.harnesses.every_eval_ever import every_eval_ever_scores
from culture_ray.survey.harnesses.lm_eval import TaskMeaning, lm_eval_scores
from culture_ray.survey.harnesses.result_files import (
    json_files,
    json_lines,
    json_records,
    result_files,
)
from culture_ray.survey.harnesses.scores import (
    HarnessScores,
    MeanScore,
    Score,
    common_scores,
    latest_scores,
    mean_scores,
    mixed_settings,
    rename_models,
    same_metrics,
)
from culture_ray.tables import CAPABILITY, CAPABILITY_MEANS

HARNESSES = ("euroeval", "lm_eval", "every_eval_ever")


@dataclass(frozen=True)
class CapabilityJob:
    """Job of `culture-ray capability`: result files, settings, and the folder to write to."""

    harness: str
    """One of HARNESSES."""
    files: tuple[Path, ...]
    """Result files, and folders of result files."""
    name: str
    folder: Path
    """Folder of a configuration; files are written to its subfolder `capability`."""
    models: Mapping[str, Mapping[str, Any]]
    """Content of the files in conf/model, by name."""
    rename: Mapping[str, str]
    """Names in conf/model, by the harness's names."""
    left_out: Mapping[str, str]
    """Tasks of EuroEval that do not measure capability, with the reason."""
    tasks: Mapping[str, TaskMeaning]
    """Meaning of the tasks of lm_eval, and language of those of Every Eval Ever."""
    languages: Mapping[str, object]
    """Known languages, by code."""
    common: bool
    command: str


@dataclass(frozen=True, eq=False)
class CapabilityResult:
    """Files written by `culture-ray capability`, and notices about them."""

    config: Path
    table: Path
    means: tuple[MeanScore, ...]
    scores: int
    files: int
    notes: tuple[str, ...]


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
    found = _read(job, paths)
    scores, notes = _usable_scores(job, found)
    means = mean_scores(scores)
    table = folder / f"{job.name}.csv"
    replace_text(table, _csv(_score_table(scores)))
    replace_text(folder / f"{job.name}.means.csv", _csv(_mean_table(means)))
    replace_text(provenance, json.dumps(_facts(job, paths, notes), indent=2, ensure_ascii=False))
    replace_text(config, _config_text(job, table))
    return CapabilityResult(config, table, tuple(means), len(scores), len(paths), tuple(notes))


def _read(job: CapabilityJob, paths: Sequence[Path]) -> HarnessScores:
    if job.harness == "euroeval":
        return euroeval_scores(json_lines(paths), job.left_out, job.languages)
    if job.harness == "every_eval_ever":
        return every_eval_ever_scores(json_records(paths), job.tasks, job.languages)
    return lm_eval_scores(json_files(paths), job.tasks, job.languages)


def _usable_scores(job: CapabilityJob, found: HarnessScores) -> tuple[list[Score], list[str]]:
    """Return the scores to use, with names of conf/model, and sentences on those left out."""
    names = spellings(job.models) | {old.lower(): new for old, new in job.rename.items()}
    theirs = {score.model.lower() for score in found.scores}
    for old in job.rename:
        if found.scores and old.lower() not in theirs:
            raise WrongValue(
                "rename", old, f"a model of the files: {', '.join(sorted(theirs)[:8])}"
            )
    scores, unknown = rename_models(found.scores, lambda model: names.get(model.lower()))
    notes = [
        f"left out: model {model} is not in conf/model; '{_rename_word(model)}' includes it"
        for model in unknown
    ]
    if not scores:
        first = [*notes, *found.notes, "there are no results"][0]
        raise BadTable(
            f"{', '.join(str(path) for path in job.files)}: no score of a model in "
            f"conf/model: {first}"
        )
    scores, repeat_notes = latest_scores(scores)
    scores, metric_notes = same_metrics(scores)
    notes += [*found.notes, *repeat_notes, *metric_notes]
    if job.common:
        scores, missing = common_scores(scores)
        notes += missing
        if not scores:
            raise BadTable(
                f"no benchmark has scores for every model "
                f"({'; '.join([*metric_notes, missing[0]])}): run the missing ones, or "
                f"set common=false to compare means of different benchmarks"
            )
    return scores, notes + mixed_settings(scores)


def spellings(models: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the name in conf/model for every spelling of a model, in lower case."""
    return {
        str(spelling).lower(): name
        for name, content in models.items()
        for spelling in (*(content.get("aliases") or ()), content.get("source"), name)
        if spelling
    }


def _rename_word(model: str) -> str:
    """Return the override that renames a model; keys in Hydra cannot contain # or =."""
    plain = model.replace("/", "").replace("-", "").replace(".", "").replace("_", "").isalnum()
    return f"rename={{{model}: NAME}}" if plain else f'rename=["{model}=NAME"]'


def _score_table(scores: Sequence[Score]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "model": score.model,
                "language": score.language,
                "benchmark": score.benchmark,
                "score": score.score,
                "source": score.source,
                "std_error": score.std_error,
            }
            for score in sorted(
                scores, key=lambda score: (score.model, score.language, score.benchmark)
            )
        ],
        schema=CAPABILITY,
    )


def _mean_table(means: Sequence[MeanScore]) -> pa.Table:
    table = pa.Table.from_pylist(
        [
            {
                "model": mean.model,
                "language": mean.language,
                "capability": mean.capability,
                "std_error": mean.std_error,
                "benchmarks": len(mean.benchmarks),
                "names": list(mean.benchmarks),
            }
            for mean in means
        ],
        schema=CAPABILITY_MEANS,
    )
    joined = pa.array(["; ".join(mean.benchmarks) for mean in means], pa.string())
    return table.set_column(table.schema.get_field_index("names"), "names", joined)


def _facts(job: CapabilityJob, paths: Sequence[Path], notes: Sequence[str]) -> dict[str, Any]:
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": job.command,
        "harness": job.harness,
        "files": [
            {
                "name": path.name,
                "bytes": path.stat().st_size,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for path in paths
        ],
        "rename": dict(job.rename),
        "common": job.common,
        "notes": list(notes),
        "host": host_facts(),
    }


def _config_text(job: CapabilityJob, table: Path) -> str:
    files = "file" if len(job.files) == 1 else "files"
    benchmarks = "benchmarks that every model has" if job.common else "all benchmarks"
    content = {
        "name": job.name,
        "source": (
            f"computed by culture-ray from {job.harness}'s result {files} "
            f"{', '.join(path.name for path in job.files)}: mean of {benchmarks} in a language"
        ),
        "table": table.name,
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    comment = f"# Written by culture-ray capability; sources: {job.name}.provenance.json."
    return f"# @package capability\n{comment}\n{text}"


def _csv(table: pa.Table) -> str:
    sink = io.BytesIO()
    pa.csv.write_csv(table, sink, pa.csv.WriteOptions(quoting_style="needed"))
    return sink.getvalue().decode()
