"""Reader of Every Eval Ever: results of Inspect, HELM, lm_eval and others in one schema.

A file is a record, a list of records, or a record per line: `model_info`, and `evaluation_results`
with a name, a `metric_config` (range, direction), and `score_details` with a score and its
`uncertainty` (evaleval/every_eval_ever, eval.schema.json, versions 0.0.1 to 0.3). The schema has no
field for languages: a result's language is in the details of the record, in the name of the result,
or in `tasks` of the configuration.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scipy import special

from culture_ray.errors import BadTable
from culture_ray.survey.harnesses.lm_eval import TaskMeaning, task_of
from culture_ray.survey.harnesses.scores import HarnessScores, Score, known_codes


def every_eval_ever_scores(
    records: Iterable[tuple[str, Any]],
    tasks: Mapping[str, TaskMeaning],
    languages: Mapping[str, object],
) -> HarnessScores:
    """Return the scores in records, between their lowest and highest possible score as 0..1.

    Args:
        records: each record's place, for messages, and its content, in order.
        tasks: language of a result by its name; a * in a name stands for a language code.
        languages: known language codes, with their English names.

    Raises BadTable for content that is not a record of this schema.
    """
    scores: list[Score] = []
    notes: dict[str, None] = {}
    for order, (where, content) in enumerate(_each(records)):
        if not isinstance(content, Mapping) or "evaluation_results" not in content:
            raise BadTable(
                f"{where}: not a record of Every Eval Ever: it has no evaluation_results"
            )
        for number, result in enumerate(content["evaluation_results"]):
            try:
                found = list(_scores(content, result, tasks, languages, (float(order), number)))
            except (KeyError, TypeError, ValueError, AttributeError) as problem:
                raise BadTable(
                    f"{where}: result {number + 1} is not one of Every Eval Ever "
                    f"({type(problem).__name__}: {problem})"
                ) from problem
            for one in found:
                if isinstance(one, Score):
                    scores.append(one)
                else:
                    notes[one] = None
    return HarnessScores(tuple(scores), tuple(notes))


def _each(records: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    for where, content in records:
        if isinstance(content, list):
            yield from ((f"{where}, record {n}", one) for n, one in enumerate(content, 1))
        else:
            yield where, content


def _scores(
    content: Mapping[str, Any],
    result: Mapping[str, Any],
    tasks: Mapping[str, TaskMeaning],
    languages: Mapping[str, object],
    rank: tuple[float, ...],
) -> Iterator[Score | str]:
    """Yield the score of a result in each of its languages, or a sentence on why it has none."""
    name, how = str(result["evaluation_name"]), result["metric_config"]
    model = str(content["model_info"]["id"])
    dataset = _dataset(content, result)
    benchmark, codes = _languages(content, result, name, dataset, tasks, languages)
    if not codes:
        yield (
            f"left out: {name}: its language is not told; add it with "
            f"'tasks={{{name}: {{language: CODE, metric: score}}}}'"
        )
        return
    if how.get("lower_is_better"):
        yield f"left out: {name}: lower is better"
        return
    lowest, highest = _range(how)
    if highest is None or not 0 < highest - lowest < math.inf:
        which = "lowest" if math.isinf(lowest) else "highest"
        yield f"left out: {name}: it has no {which} score"
        return
    width, details = highest - lowest, result["score_details"]
    score = (float(details["score"]) - lowest) / width
    if how.get("has_unknown_level") and float(details["score"]) == -1:
        yield f"left out: {name} of {model}: its score is unknown"
        return
    if not 0 <= score <= 1:
        yield f"left out: {name} of {model}: {details['score']} is not within its range"
        return
    library = content.get("eval_library") or {}
    setting = _setting(result)
    source = " ".join(str(library[k]) for k in ("name", "version") if library.get(k))
    for code in codes:
        yield Score(
            model=model,
            language=code,
            benchmark=benchmark,
            score=score,
            std_error=_error(details.get("uncertainty") or {}, width),
            harness=f"Every Eval Ever, {source or 'library not told'}",
            metric="score",
            setting=setting,
            rank=rank,
        )


_HIGHEST_OF_UNIT = {"proportion": 1.0, "percent": 100.0}


def _range(how: Mapping[str, Any]) -> tuple[float, float | None]:
    """Return the lowest and the highest possible score; None where the highest is not told.

    A bound may be null, or the text Infinity or -Infinity. Without bounds, the unit tells them.
    """
    lowest, highest = how.get("min_score"), how.get("max_score")
    if highest is None:
        binary = how.get("score_type") == "binary"
        highest = 1.0 if binary else _HIGHEST_OF_UNIT.get(str(how.get("metric_unit")))
    return float(lowest or 0), None if highest is None else float(highest)


def _languages(
    content: Mapping[str, Any],
    result: Mapping[str, Any],
    name: str,
    dataset: str,
    tasks: Mapping[str, TaskMeaning],
    languages: Mapping[str, object],
) -> tuple[str, list[str]]:
    """Return the benchmark of a result and its language codes; no codes if they are not told."""
    if known := task_of(name, tasks, languages):
        return name, [known[0]]
    for details in _details(content, result):
        told = next((details[k] for k in ("language", "languages") if k in details), None)
        if told is not None:
            codes = known_codes(_listed(str(told)), languages)[0] or [
                code for one in _listed(str(told)) if (code := _code_of(one, languages))
            ]
            return name, codes
    if code := _code_of(name, languages):
        return dataset or name, [code]
    within = re.search(r"[\s(_-]+([^\s()_-]+)\)?$", name)
    if within and (code := _code_of(within[1], languages)):
        return name[: within.start()], [code]
    return name, []


def _details(content: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    source = result.get("source_data")
    own = result["metric_config"], source, result["score_details"]
    for holder in (*own, content.get("eval_library")):
        if isinstance(holder, Mapping):
            for key in ("additional_details", "details"):
                if isinstance(holder.get(key), Mapping):
                    yield holder[key]


def _listed(text: str) -> list[str]:
    """Return the entries of a JSON list, or of a text with commas."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    found = value if isinstance(value, list) else text.split(",")
    return [str(one).strip() for one in found]


def _code_of(name: str, languages: Mapping[str, object]) -> str | None:
    """Return the code of a language by its code or English name."""
    if name in languages:
        return name
    folded = name.casefold()
    return next((code for code, own in languages.items() if _english(own) == folded), None)


def _english(entry: object) -> str:
    """Return the English name in an entry: a text, (English, native), or a language file."""
    if isinstance(entry, Mapping):
        entry = entry.get("name", "")
    if isinstance(entry, tuple | list):
        entry = entry[0]
    return str(entry).casefold()


def _dataset(content: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    source = result.get("source_data")
    if isinstance(source, Mapping) and source.get("dataset_name"):
        return str(source["dataset_name"])
    return str(content.get("evaluation_id", "")).split("/")[0]


def _setting(result: Mapping[str, Any]) -> str:
    generation = result.get("generation_config") or {}
    arguments = generation.get("generation_args") or {}
    temperature = arguments.get("temperature")
    reasoning = ", with reasoning" if arguments.get("reasoning") else ""
    return f"temperature {'not told' if temperature is None else temperature}{reasoning}"


def _error(uncertainty: Mapping[str, Any], width: float) -> float | None:
    """Return the standard error as a share of the score's range; None if there is none."""
    given = uncertainty.get("standard_error")
    value = given.get("value") if isinstance(given, Mapping) else given
    if value is not None and math.isfinite(float(value)):
        return float(value) / width
    interval = uncertainty.get("confidence_interval")
    if not isinstance(interval, Mapping):
        return None
    half = (float(interval["upper"]) - float(interval["lower"])) / 2
    level = float(interval.get("confidence_level", 0.95))
    return half / float(special.ndtri((1 + level) / 2)) / width if half >= 0 else None
