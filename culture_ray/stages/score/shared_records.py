"""Records of Every Eval Ever from the figures of a benchmark, one per model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.scoring.figure_plan import FigureRow
from culture_ray.engines.model import Model
from culture_ray.survey.harnesses.every_eval_ever_record import (
    PublishedFigure,
    RecordedModel,
    every_eval_ever_record,
    record_path,
)


def shared_records(
    run: str,
    benchmark: Benchmark,
    rows: Sequence[FigureRow],
    models: Mapping[str, Model],
    judges: Mapping[str, Model],
    *,
    rounds: int,
    version: str,
    at: float,
) -> dict[PurePosixPath, dict[str, Any]]:
    """Return one record per model that has a figure, by its place in the datastore.

    Figures from 0 to 1 of single languages, in every condition and group; contrasts, distributions
    and published variants are not among them. `rounds` are the draws of item clusters, `judges`
    the models of judges by name.
    """
    found: dict[str, list[PublishedFigure]] = {}
    for row in rows:
        plain = row.contrast is None and row.category is None and row.variant == "valid"
        judge = None if row.judge is None else _recorded(row.judge, judges.get(row.judge))
        if plain and row.language in benchmark.languages and 0 <= row.value <= 1:
            figure = _figure(benchmark, row, rounds, judge)
            found.setdefault(row.model, []).append(figure)
    sampling = benchmark.sampling
    arguments = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
    }
    recorded = {name: _recorded(name, models.get(name)) for name in found}
    return {
        record_path(benchmark.name, run, recorded[name]): every_eval_ever_record(
            run=run,
            model=recorded[name],
            version=version,
            at=at,
            sampling=arguments,
            figures=figures,
        )
        for name, figures in found.items()
    }


def _recorded(name: str, model: Model | None) -> RecordedModel:
    if model is None:
        return RecordedModel(name, name)
    return RecordedModel(name, model.source, model.engine, model.revision)


def _figure(
    benchmark: Benchmark, row: FigureRow, rounds: int, judge: RecordedModel | None
) -> PublishedFigure:
    details = {"condition": row.condition}
    if row.group is not None:
        details |= {"grouping": row.grouping or "", "group": row.group}
    words = [benchmark.name, row.figure, *([row.group] if row.group else [])]
    return PublishedFigure(
        name=" ".join(words),
        dataset=benchmark.name,
        language=row.language or "",
        score=row.value,
        std_error=_known(row.std_error),
        ci_low=_known(row.ci_low),
        ci_high=_known(row.ci_high),
        clusters=row.clusters,
        hub=benchmark.source.hub,
        details=details,
        metric=row.figure,
        rounds=rounds,
        judge=judge,
        rubric="" if benchmark.rubric is None else benchmark.rubric.prompt,
    )


def _known(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124 - NaN differs from itself
