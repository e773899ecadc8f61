"""Capability from results of benchmark harnesses, as figures that sweeps can choose."""

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
from culture_ray.survey.harnesses.lm_eval import TaskMeaning, lm_eval_scores
from culture_ray.survey.harnesses.result_files import json_files, json_lines, result_files
from culture_ray.survey.harnesses.scores import (
    HarnessScores,
    MeanScore,
    Score,
    common_scores,
    latest_scores,
    mean_scores,
    mixed_settings,
    rename_models,
)
from culture_ray.tables import CAPABILITY, CAPABILITY_MEANS

HARNESSES = ("euroeval", "lm_eval")


@dataclass(frozen=True)
class CapabilityJob:
    """Job of `culture-ray capability`: result files, settings, and the folder to write to."""

    harness: str
    """One of HARNESSES."""
    files: tuple[Path, ...]
    """Files, and folders that hold such files."""
    name: str
    folder: Path
    """A conf tree; the files go into `capability/` there."""
    models: Mapping[str, Mapping[str, Any]]
    """Content of every file in conf/model, by name."""
    rename: Mapping[str, str]
    """Names here by the harness's names."""
    left_out: Mapping[str, str]
    """Tasks of EuroEval that are no capability, with the reason."""
    tasks: Mapping[str, TaskMeaning]
    """Tasks of lm_eval."""
    languages: Mapping[str, object]
    """Codes that are known."""
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


def make_capability(asked: CapabilityJob) -> CapabilityResult:
    """Write the scores, their means, their provenance and the choice for sweeps.

    The choice `<name>.yaml` comes last, so that it never names a table that is not there. Raises
    BadTable for files that cannot be used or hold no figure of a known model, WrongValue for a
    name that was made by hand, DiskProblem.
    """
    folder = asked.folder / "capability"
    config, made_before = folder / f"{asked.name}.yaml", folder / f"{asked.name}.provenance.json"
    if config.exists() and not made_before.exists():
        raise WrongValue("name", asked.name, f"another name: {config} was made by hand")
    paths = result_files(asked.files, asked.harness)
    found = _read(asked, paths)
    scores, notes = _chosen(asked, found)
    made = mean_scores(scores)
    table = folder / f"{asked.name}.csv"
    replace_text(table, _csv(_score_table(scores)))
    replace_text(folder / f"{asked.name}.means.csv", _csv(_mean_table(made)))
    replace_text(made_before, json.dumps(_facts(asked, paths, notes), indent=2, ensure_ascii=False))
    replace_text(config, _choice(asked, table))
    return CapabilityResult(config, table, tuple(made), len(scores), len(paths), tuple(notes))


def _read(asked: CapabilityJob, paths: Sequence[Path]) -> HarnessScores:
    if asked.harness == "euroeval":
        return euroeval_scores(json_lines(paths), asked.left_out, asked.languages)
    return lm_eval_scores(json_files(paths), asked.tasks, asked.languages)


def _chosen(asked: CapabilityJob, found: HarnessScores) -> tuple[list[Score], list[str]]:
    """Return the scores that count, named as here, and the sentences on all that do not."""
    names = spellings(asked.models) | {old.lower(): new for old, new in asked.rename.items()}
    theirs = {score.model.lower() for score in found.scores}
    for old in asked.rename:
        if found.scores and old.lower() not in theirs:
            raise WrongValue(
                "rename", old, f"a model of the files: {', '.join(sorted(theirs)[:8])}"
            )
    scores, unknown = rename_models(found.scores, lambda model: names.get(model.lower()))
    notes = [
        f"left out: model {model} is none of conf/model; '{_rename_word(model)}' takes it"
        for model in unknown
    ]
    if not scores:
        first = [*notes, *found.notes, "there is no result in it"][0]
        raise BadTable(
            f"{', '.join(str(path) for path in asked.files)}: holds no score of a model of "
            f"conf/model: {first}"
        )
    scores, several = latest_scores(scores)
    notes += [*found.notes, *several]
    if asked.common:
        scores, missing = common_scores(scores)
        notes += missing
        if not scores:
            raise BadTable(
                f"no benchmark is one that every model has ({missing[0]}): run what is missing, or "
                f"set common=false, with which means of different benchmarks stand side by side"
            )
    return scores, notes + mixed_settings(scores)


def spellings(models: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the name in conf/model by every spelling of a model, in lower case."""
    return {
        str(spelling).lower(): name
        for name, content in models.items()
        for spelling in (*(content.get("aliases") or ()), content.get("source"), name)
        if spelling
    }


def _rename_word(model: str) -> str:
    """Return the override that names a model; Hydra's keys take no # or =."""
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
            for score in sorted(scores, key=lambda one: (one.model, one.language, one.benchmark))
        ],
        schema=CAPABILITY,
    )


def _mean_table(made: Sequence[MeanScore]) -> pa.Table:
    table = pa.Table.from_pylist(
        [
            {
                "model": one.model,
                "language": one.language,
                "capability": one.capability,
                "std_error": one.std_error,
                "benchmarks": len(one.benchmarks),
                "names": list(one.benchmarks),
            }
            for one in made
        ],
        schema=CAPABILITY_MEANS,
    )
    joined = pa.array(["; ".join(one.benchmarks) for one in made], pa.string())
    return table.set_column(table.schema.get_field_index("names"), "names", joined)


def _facts(asked: CapabilityJob, paths: Sequence[Path], notes: Sequence[str]) -> dict[str, Any]:
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": asked.command,
        "harness": asked.harness,
        "files": [
            {
                "name": path.name,
                "bytes": path.stat().st_size,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for path in paths
        ],
        "rename": dict(asked.rename),
        "common": asked.common,
        "notes": list(notes),
        "host": host_facts(),
    }


def _choice(asked: CapabilityJob, table: Path) -> str:
    files = "file" if len(asked.files) == 1 else "files"
    kept = "benchmarks that every model has" if asked.common else "all benchmarks"
    content = {
        "name": asked.name,
        "source": (
            f"computed by culture-ray from {asked.harness}'s result {files} "
            f"{', '.join(path.name for path in asked.files)}: mean of {kept} in a language"
        ),
        "table": table.name,
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    made = f"# Made by culture-ray capability; from what says {asked.name}.provenance.json."
    return f"# @package capability\n{made}\n{text}"


def _csv(table: pa.Table) -> str:
    sink = io.BytesIO()
    pa.csv.write_csv(table, sink, pa.csv.WriteOptions(quoting_style="needed"))
    return sink.getvalue().decode()
