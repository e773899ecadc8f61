"""Reader of EuroEval's `euroeval_benchmark_results.jsonl`: one benchmark of one model per line.

Two layouts are read: EuroEval's own (`dataset`, `languages` or `dataset_languages`,
`results.total`) and, in later versions, that of Every Eval Ever (`schema_version`,
`evaluation_results`). In both, a task's first metric is the one its leaderboards rank by, scores
run to 100, and the reported standard error is the half-width of a 95 % interval, 1.96 standard
errors (`aggregate_scores` in src/euroeval/scores.py of the harness, MIT licence).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from culture_ray.errors import BadTable
from culture_ray.survey.harnesses.scores import HarnessScores, Score, known_codes

_Z = 1.96
_OLD_SUFFIX = re.compile(r"\s*\([^()]*(?:few-shot|zero-shot|val)[^()]*\)$")
"""Suffix of the model's name in old versions, which had no fields for these settings."""


@dataclass(frozen=True)
class _Record:
    """One line of either layout."""

    model: str
    dataset: str
    task: str
    languages: tuple[str, ...]
    metrics: Mapping[str, tuple[float, float | None]]
    """Score, a share of its highest value, and standard error, by metric; the first one ranks."""
    few_shot: bool | None
    validation: bool
    version: str


def euroeval_scores(
    records: Iterable[tuple[str, Any]],
    left_out: Mapping[str, str],
    languages: Mapping[str, object],
) -> HarnessScores:
    """Return the scores in the lines of result files.

    Args:
        records: each line's place, for messages, and its content, in the order of the files.
        left_out: tasks that do not measure capability, with the reason.
        languages: known language codes.

    Raises BadTable for a line that is not a result of EuroEval.
    """
    scores: list[Score] = []
    notes: dict[str, None] = {}
    for order, (where, content) in enumerate(records):
        record = _record(where, content)
        if isinstance(record, str):
            notes[record] = None
            continue
        if record.task in left_out:
            notes[f"left out: {record.dataset} ({record.task}): {left_out[record.task]}"] = None
            continue
        known, unknown = known_codes(record.languages, languages)
        if not known:
            listed = ", ".join(unknown) or "none"
            notes[f"left out: {record.dataset}: its language ({listed}) is unknown"] = None
            continue
        metric, (score, _) = next(iter(record.metrics.items()))
        if not -1 <= score <= 1:
            notes[
                f"left out: {record.dataset}: {metric} of {record.model} is "
                f"{100 * score:g}, not between 0 and 100"
            ] = None
            continue
        if score < 0:
            notes[
                f"{record.model}: {metric} of {record.dataset} is below chance "
                f"({100 * score:.1f}) and counts as 0"
            ] = None
        scores += list(_scores(record, known, order))
    return HarnessScores(tuple(scores), tuple(notes))


def _scores(record: _Record, languages: Iterable[str], order: int) -> Iterator[Score]:
    shots = {True: "few-shot", False: "zero-shot", None: "shots not told"}[record.few_shot]
    setting = f"{shots}, {'validation' if record.validation else 'test'} split"
    version = f" {record.version}" if record.version else ""
    (metric, (score, std_error)), *rest = (
        (name.removeprefix("test_"), figures) for name, figures in record.metrics.items()
    )
    for language in languages:
        yield Score(
            model=record.model,
            language=language,
            benchmark=record.dataset,
            score=max(0.0, score),
            std_error=std_error,
            harness=f"EuroEval{version}",
            metric=metric,
            setting=setting,
            rank=(float(not record.validation), float(order)),
            others={name: (max(0.0, s), error) for name, (s, error) in rest if -1 <= s <= 1},
        )


def _record(where: str, content: Any) -> _Record | str:
    """Return a line as a record, or a sentence on why it has no score."""
    if not isinstance(content, Mapping):
        raise BadTable(f"{where}: not a result of EuroEval, but {type(content).__name__}")
    try:
        return _shared_layout(content) if "evaluation_results" in content else _own_layout(content)
    except (KeyError, TypeError, ValueError) as problem:
        raise BadTable(
            f"{where}: not a result of EuroEval ({type(problem).__name__}: {problem}); it has "
            f"the keys {', '.join(list(content)[:8])}"
        ) from problem


def _own_layout(content: Mapping[str, Any]) -> _Record | str:
    named, dataset = str(content["model"]), str(content["dataset"])
    languages = content["languages"] if "languages" in content else content["dataset_languages"]
    total: Mapping[str, Any] = content["results"].get("total") or {}
    names = [name for name in total if name.startswith("test_") and not name.endswith("_se")]
    if not names:
        return f"left out: {dataset} of {named}: it has no score"
    metrics = {
        name: (_finite(total[name]) / 100, _error(total.get(f"{name}_se")))
        for name in names
        if name == names[0] or _is_finite(total[name])
    }
    few_shot, validation = content.get("few_shot"), content.get("validation_split")
    if suffix := _OLD_SUFFIX.search(named):
        few_shot = "zero-shot" not in suffix.group() if few_shot is None else few_shot
        validation = "val" in suffix.group() if validation is None else validation
    return _Record(
        model=_OLD_SUFFIX.sub("", named),
        dataset=dataset,
        task=str(content.get("task", "")),
        languages=_languages(languages),
        metrics=metrics,
        few_shot=few_shot,
        validation=bool(validation),
        version=str(content.get("euroeval_version") or content.get("scandeval_version") or ""),
    )


def _shared_layout(content: Mapping[str, Any]) -> _Record | str:
    model = str(content["model_info"]["id"])
    library = content["eval_library"]
    details: Mapping[str, Any] = library["additional_details"]
    dataset, found = str(details["dataset"]), content["evaluation_results"]
    if not found:
        return f"left out: {dataset} of {model}: it has no score"
    metrics: dict[str, tuple[float, float | None]] = {}
    problems = []
    for one in found:
        metric, how = str(one["evaluation_name"]), one["metric_config"]
        if how.get("lower_is_better"):
            problems.append(f"left out: {dataset}: lower is better in its metric {metric}")
        elif "max_score" not in how:
            problems.append(f"left out: {dataset}: its metric {metric} has no highest score")
        elif not metrics or _is_finite(one["score_details"]["score"]):
            metrics[metric] = _shared_figures(one, float(how["max_score"]))
    if str(found[0]["evaluation_name"]) not in metrics:
        return problems[0]
    return _Record(
        model=model,
        dataset=dataset,
        task=str(details.get("task", "")),
        languages=_languages(details["languages"]),
        metrics=metrics,
        few_shot=_flag(details.get("few_shot")),
        validation=bool(_flag(details.get("validation_split"))),
        version=str(library.get("version") or ""),
    )


def _shared_figures(result: Mapping[str, Any], highest: float) -> tuple[float, float | None]:
    details = result["score_details"]
    interval = (details.get("uncertainty") or {}).get("confidence_interval")
    width = None if not interval else float(interval["upper"]) - float(interval["lower"])
    error = None if width is None else _error(width / 2, highest)
    return _finite(details["score"]) / highest, error


def _languages(value: Any) -> tuple[str, ...]:
    """Return language codes from a list, a single code, or the JSON text of either."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except json.JSONDecodeError:
            value = re.split(r"[,;\s]+", value.strip())
    return tuple(map(str, value if isinstance(value, list) else [value]))


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"a score of {number}")
    return number


def _error(value: Any, highest: float = 100) -> float | None:
    """Return the standard error for the half-width of a 95 % interval, None without one."""
    if value is None or not math.isfinite(float(value)):
        return None
    return float(value) / _Z / highest


def _flag(value: Any) -> bool | None:
    return {"true": True, "false": False}.get(str(value).lower())
