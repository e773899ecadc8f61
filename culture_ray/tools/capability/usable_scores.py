"""Scores of known models in the result files of a benchmark harness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from culture_ray.errors import BadTable, WrongValue
from culture_ray.survey.harnesses.euroeval import euroeval_scores
from culture_ray.survey.harnesses.every_eval_ever import every_eval_ever_scores
from culture_ray.survey.harnesses.lm_eval import lm_eval_scores
from culture_ray.survey.harnesses.result_files import json_files, json_lines, json_records
from culture_ray.survey.harnesses.scores import (
    HarnessScores,
    Score,
    common_scores,
    latest_scores,
    mixed_settings,
    rename_models,
    same_metrics,
)
from culture_ray.tools.capability.job import CapabilityJob


def usable_scores(job: CapabilityJob, paths: Sequence[Path]) -> tuple[list[Score], list[str]]:
    """Return the scores to use, with names of conf/model, and sentences on those left out.

    Raises BadTable for files that cannot be used or have no score of a known model, WrongValue for
    a name to replace that the files lack.
    """
    found = _read(job, paths)
    names = _spellings(job.models) | {old.lower(): new for old, new in job.rename.items()}
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


def _read(job: CapabilityJob, paths: Sequence[Path]) -> HarnessScores:
    if job.harness == "euroeval":
        return euroeval_scores(json_lines(paths), job.left_out, job.languages)
    if job.harness == "every_eval_ever":
        return every_eval_ever_scores(json_records(paths), job.tasks, job.languages)
    return lm_eval_scores(json_files(paths), job.tasks, job.languages)


def _spellings(models: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
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
