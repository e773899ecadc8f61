"""Checks of a benchmark's scores: figures that its answers or its rubric cannot have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from culture_ray.benchmarks.design.scores import ScoreSpec
from culture_ray.errors import WrongValue
from culture_ray.survey.fields import Fields

if TYPE_CHECKING:
    from culture_ray.benchmarks.design.benchmark import Benchmark


def check_scores(benchmark: Benchmark, fields: Fields) -> None:
    """Raise WrongValue for a figure that would be empty, whatever models answer."""
    rubric = benchmark.rubric.paths() if benchmark.rubric else {}
    for name, spec in benchmark.scores.figures.items():
        key = fields.at(f"scores.{name}")
        needed = _needed(benchmark, spec)
        if needed:
            raise WrongValue(key, spec.figure, needed)
        field = rubric.get(spec.of)
        if field is None:
            continue
        if spec.figure == "mean" and field.kind != "number":
            raise WrongValue(key, spec.of, f"a field with numbers: it is {field.kind}")
        if spec.figure == "share" and field.categories and spec.value not in field.categories:
            raise WrongValue(f"{key}.is", spec.value, "one of " + ", ".join(field.categories))


def _needed(benchmark: Benchmark, spec: ScoreSpec) -> str:
    """Return the part of a benchmark's file that a figure lacks; empty if it lacks none."""
    answer = benchmark.answer
    if spec.figure == "votes" and answer.kind != "short":
        return f"answer.kind short: it is {answer.kind}"
    if spec.figure == "layers" and answer.kind != "layers":
        return f"answer.kind layers: it is {answer.kind}"
    if spec.figure == "lexicon" and answer.lexicon is None:
        return "terms in answer.lexicon"
    if spec.figure == "mean" and not spec.of:
        return "the field of a rubric in of"
    return ""
