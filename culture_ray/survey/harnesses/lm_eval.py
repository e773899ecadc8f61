"""Reader of the Language Model Evaluation Harness's `results_<time>.json`: one run of one model.

`results` holds scores as `<metric>,<filter>` and standard errors as `<metric>_stderr,<filter>`
("N/A" if there is none), both as shares, by task and group; `group_subtasks` lists the tasks of a
group; `model_name` names the model (`lm_eval/loggers/evaluation_tracker.py`, MIT licence). The file
does not state the language of a task, so conf/harnesses.yaml does.
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
_ADAPTER_KEYS = ("peft", "delta", "lora_local_path")
"""Arguments with weights that are added to those of the model."""
_METRICS_SHOWN = 4


@dataclass(frozen=True)
class TaskMeaning:
    """Metric and language of a task."""

    metric: str
    """Name of the metric, such as `acc`, or with a filter: `exact_match,strict-match`."""
    language: str | None = None
    """None if a * in the task's name stands for the language."""


def lm_eval_scores(
    files: Iterable[tuple[str, Any]],
    tasks: Mapping[str, TaskMeaning],
    languages: Mapping[str, object],
) -> HarnessScores:
    """Return the scores in result files.

    Args:
        files: each file's path, for messages, and its content, in order.
        tasks: by name; a * in a name stands for a language code, and an exact name comes first.
        languages: known language codes.

    Raises BadTable for a file that is not a result of the harness.
    """
    scores: list[Score] = []
    notes: dict[str, None] = {}
    for order, (where, content) in enumerate(files):
        if not isinstance(content, Mapping) or not isinstance(content.get("results"), Mapping):
            raise BadTable(f"{where}: not a result of lm_eval: it has no 'results'")
        model = _model(where, content)
        limit = (content.get("config") or {}).get("limit")
        if limit is not None:
            notes[f"{model}: {where} covers only a part of each task (limit {limit:g})"] = None
        for task, found in _wanted(content, tasks, languages):
            if isinstance(found, str):
                notes[found] = None
                continue
            language, metric = found
            scored = _score(content, task, metric)
            if isinstance(scored, str):
                notes[scored] = None
                continue
            key, value, error = scored
            shots = _shots(content, task)
            setting = "shots not told" if shots is None else f"{shots}-shot"
            scores.append(
                Score(
                    model=model,
                    language=language,
                    benchmark=task,
                    score=value,
                    std_error=error,
                    harness=f"lm_eval{_version(content)}",
                    metric=key,
                    setting=setting,
                    rank=(_number(content.get("date")) or 0.0, float(order)),
                )
            )
    return HarnessScores(tuple(scores), tuple(notes))


def task_of(
    name: str, tasks: Mapping[str, TaskMeaning], languages: Mapping[str, object]
) -> tuple[str, str] | None:
    """Return the language and metric of a task, None for a task that is not described."""
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
    """Yield each described task, and a sentence for each that belongs to none of them."""
    groups: Mapping[str, list[str]] = content.get("group_subtasks") or {}
    results = {str(name).lstrip(" -"): name for name in content["results"]}
    taken = {name: found for name in results if (found := task_of(name, tasks, languages))}
    within = {part for name in taken for part in _parts(name, groups)}
    for name in results:
        if name in taken and name not in within:
            yield name, taken[name]
        elif name not in taken and name not in within and not groups.get(name):
            # A group of described tasks is skipped silently: its members are read instead.
            metrics = _metrics(content["results"][results[name]])
            listed = ", ".join(metrics[:_METRICS_SHOWN]) or "none"
            yield (
                name,
                (
                    f"left out: task {name} is not in conf/harnesses.yaml (metrics: {listed}); "
                    f"add it with 'tasks={{{name}: {{language: CODE, metric: NAME}}}}'"
                ),
            )


def _parts(group: str, groups: Mapping[str, list[str]]) -> Iterator[str]:
    for part in groups.get(group) or ():
        yield part
        yield from _parts(part, groups)


def _score(
    content: Mapping[str, Any], task: str, metric: str
) -> tuple[str, float, float | None] | str:
    """Return the key, score and standard error of a task, or a sentence on why it has none."""
    found = next(v for k, v in content["results"].items() if str(k).lstrip(" -") == task)
    keys = [key for key in found if key == metric or key.split(",")[0] == metric]
    if len(keys) > 1 and f"{metric},none" in keys:
        keys = [f"{metric},none"]
    if len(keys) != 1:
        metrics = ", ".join(_metrics(found)) or "none"
        why = "has several filters" if keys else "is missing"
        return f"left out: task {task}: metric {metric} {why}; the task has {metrics}"
    key = keys[0]
    value = _number(found[key])
    if value is None or not 0 <= value <= 1:
        return f"left out: task {task}: {key} is {found[key]}, not a share from 0 to 1"
    name, comma, way = key.partition(",")
    return key, value, _number(found.get(f"{name}_stderr{comma}{way}"))


def _model(where: str, content: Mapping[str, Any]) -> str:
    """Return the model's name, with its adapter if it has one: model_name is the base model's."""
    arguments = (content.get("config") or {}).get("model_args") or ""
    if isinstance(arguments, str):
        arguments = dict(part.split("=", 1) for part in arguments.split(",") if "=" in part)
    named = [content.get("model_name"), *(arguments.get(key) for key in _MODEL_KEYS)]
    if not any(named):
        raise BadTable(f"{where}: names no model (model_name or config.model_args)")
    adapters = [f"+{arguments[key]}" for key in _ADAPTER_KEYS if arguments.get(key)]
    return "".join([str(next(filter(None, named))), *adapters])


def _version(content: Mapping[str, Any]) -> str:
    version = content.get("lm_eval_version") or ""
    return f" {version}" if version else ""


def _metrics(result: Mapping[str, Any]) -> list[str]:
    """Return the metrics of a task; versions before 0.4 name no filter."""
    return [key for key in result if "_stderr" not in key and _number(result[key]) is not None]


def _shots(content: Mapping[str, Any], task: str) -> Any:
    """Return the number of examples in a task's prompts; before 0.4 it is that of the whole run."""
    shots = (content.get("n-shot") or {}).get(task)
    return (content.get("config") or {}).get("num_fewshot") if shots is None else shots


def _number(value: Any) -> float | None:
    """Return a finite number, None for anything else, such as the harness's "N/A"."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
