"""The Language Model Evaluation Harness's results: `results_<time>.json`, one run of one model.

`results` holds, by task and group, scores as `<metric>,<filter>` and standard errors as
`<metric>_stderr,<filter>` ("N/A" where there is none), both as shares; `group_subtasks` which tasks
make up a group; `model_name` the model (`lm_eval/loggers/evaluation_tracker.py`, MIT licence). The
language of a task stands nowhere in it, so conf/benchmarks.yaml tells it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from culture_ray.errors import BadTable
from culture_ray.survey.harnesses.scores import HarnessScores, Score

_MODEL_KEYS = ("pretrained", "model", "path", "engine")
_METRICS_SHOWN = 4


@dataclass(frozen=True)
class TaskMeaning:
    """What a task measures."""

    metric: str
    """`acc`, or with its filter `exact_match,strict-match`."""
    language: str | None = None
    """None where a * in the task's name stands for the language."""


def lm_eval_scores(
    files: Iterable[tuple[str, Any]],
    tasks: Mapping[str, TaskMeaning],
    languages: Mapping[str, object],
) -> HarnessScores:
    """Return the scores in result files.

    Args:
        files: a file's path, for messages, and its content, in order.
        tasks: by name, in which a * stands for a language's code; a plain name comes first.
        languages: codes that are known.

    Raises BadTable for a file that is no result of the harness.
    """
    scores: list[Score] = []
    notes: dict[str, None] = {}
    for order, (where, content) in enumerate(files):
        if not isinstance(content, Mapping) or not isinstance(content.get("results"), Mapping):
            raise BadTable(f"{where}: is no result of lm_eval: it has no 'results'")
        model = _model(where, content)
        limit = (content.get("config") or {}).get("limit")
        if limit is not None:
            notes[f"{model}: {where} rests on a part of each task (limit {limit:g})"] = None
        for task, found in _wanted(content, tasks, languages):
            if isinstance(found, str):
                notes[found] = None
                continue
            language, metric = found
            one = _score(content, task, metric)
            if isinstance(one, str):
                notes[one] = None
                continue
            key, value, error = one
            shots = (content.get("n-shot") or {}).get(task)
            setting = "shots not told" if shots is None else f"{shots}-shot"
            scores.append(
                Score(
                    model=model,
                    language=language,
                    benchmark=task,
                    score=value,
                    std_error=error,
                    source=f"lm_eval{_version(content)}, {key}, {setting}",
                    setting=setting,
                    rank=(_number(content.get("date")) or 0.0, float(order)),
                )
            )
    return HarnessScores(tuple(scores), tuple(notes))


def task_of(
    name: str, tasks: Mapping[str, TaskMeaning], languages: Mapping[str, object]
) -> tuple[str, str] | None:
    """Return language and metric of a task, None for one that is not described."""
    exact = tasks.get(name)
    if exact is not None and exact.language is not None:
        return exact.language, exact.metric
    for pattern, known in tasks.items():
        if "*" not in pattern:
            continue
        before, _, after = pattern.partition("*")
        match = re.fullmatch(f"{re.escape(before)}(.+){re.escape(after)}", name)
        if match and (code := match.group(1)) in languages:
            return known.language or code, known.metric
    return None


def _wanted(
    content: Mapping[str, Any], tasks: Mapping[str, TaskMeaning], languages: Mapping[str, object]
) -> Iterator[tuple[str, tuple[str, str] | str]]:
    """Yield each task that is described, and a sentence for each that is in none of those."""
    groups: Mapping[str, list[str]] = content.get("group_subtasks") or {}
    results = {str(name).lstrip(" -"): name for name in content["results"]}
    taken = {name: found for name in results if (found := task_of(name, tasks, languages))}
    within = {part for name in taken for part in _parts(name, groups)}
    for name in results:
        if name in taken and name not in within:
            yield name, taken[name]
        elif name not in taken and name not in within and not groups.get(name):
            # Groups of described tasks are skipped without a word: their members stand for them.
            metrics = [key for key in content["results"][results[name]] if _is_metric(key)]
            told = ", ".join(metrics[:_METRICS_SHOWN]) or "none"
            yield (
                name,
                (
                    f"left out: task {name} is not in conf/benchmarks.yaml (metrics: {told}); "
                    f"'tasks={{{name}: {{language: CODE, metric: NAME}}}}' takes it"
                ),
            )


def _parts(group: str, groups: Mapping[str, list[str]]) -> Iterator[str]:
    for part in groups.get(group) or ():
        yield part
        yield from _parts(part, groups)


def _score(
    content: Mapping[str, Any], task: str, metric: str
) -> tuple[str, float, float | None] | str:
    """Return key, score and standard error of a task, or why there is none."""
    found = next(v for k, v in content["results"].items() if str(k).lstrip(" -") == task)
    keys = [key for key in found if key == metric or key.split(",")[0] == metric]
    if len(keys) > 1 and f"{metric},none" in keys:
        keys = [f"{metric},none"]
    if len(keys) != 1:
        metrics = ", ".join(key for key in found if _is_metric(key)) or "none"
        why = "has several filters" if keys else "is not there"
        return f"left out: task {task}: metric {metric} {why}; it has {metrics}"
    key = keys[0]
    value = _number(found[key])
    if value is None or not 0 <= value <= 1:
        return f"left out: task {task}: {key} is {found[key]}, not a share from 0 to 1"
    name, comma, way = key.partition(",")
    return key, value, _number(found.get(f"{name}_stderr{comma}{way}"))


def _model(where: str, content: Mapping[str, Any]) -> str:
    if name := content.get("model_name"):
        return str(name)
    given = (content.get("config") or {}).get("model_args") or ""
    if isinstance(given, str):
        given = dict(part.split("=", 1) for part in given.split(",") if "=" in part)
    for key in _MODEL_KEYS:
        if given.get(key):
            return str(given[key])
    raise BadTable(f"{where}: does not say which model it is about (model_name, config.model_args)")


def _version(content: Mapping[str, Any]) -> str:
    version = content.get("lm_eval_version") or ""
    return f" {version}" if version else ""


def _is_metric(key: str) -> bool:
    return "," in key and "_stderr" not in key


def _number(value: Any) -> float | None:
    """Return a finite number, None for what is none, as the harness's "N/A"."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
