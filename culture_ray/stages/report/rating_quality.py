"""Data quality of ratings: count the outcomes of all answers to benchmarks that judges rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.plan.benchmarks.rating_units import last_steps
from culture_ray.settings.run import Settings
from culture_ray.stages.score.answered import answered_benchmarks
from culture_ray.stages.score.score import AnsweredBenchmark
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import read
from culture_ray.tables import RATING_QUALITY

_OUTCOMES = {
    "rated": "rated",
    "unparsable": "unparsable",
    "empty": "empty",
    "error": "errors",
    "failed": "failed",
}
"""Column of each status of a rating."""


def rating_quality(settings: Settings) -> pa.Table | None:
    """Return one row per benchmark, judge, model and language (RATING_QUALITY schema).

    None for a run without a benchmark that has a rubric.
    """
    rubrics = [one for one in settings.benchmarks.values() if one.rubric is not None]
    if not rubrics or not settings.judges:
        return None
    rows = [
        row
        for one in answered_benchmarks(settings)
        if one.benchmark.rubric is not None
        for row in _rows(settings.run, one, list(settings.judges), settings.models)
    ]
    return pa.Table.from_pylist(rows, schema=RATING_QUALITY)


def _rows(
    run: RunDirectory, one: AnsweredBenchmark, judges: Sequence[str], models: Mapping[str, object]
) -> Iterator[dict[str, object]]:
    answers = _answers(one, one.benchmark)
    for judge in judges:
        statuses = _statuses(run, one.folder, judge)
        for model in models:
            for language in one.items:
                outcomes = {c: statuses[model, language, s] for s, c in _OUTCOMES.items()}
                yield {
                    "benchmark": one.benchmark.name,
                    "judge": judge,
                    "model": model,
                    "language": language,
                    "answers": answers[model, language],
                    "rows": sum(outcomes.values()),
                    **outcomes,
                }


def _answers(one: AnsweredBenchmark, benchmark: Benchmark) -> Counter[tuple[str, str]]:
    """Return the number of answers that are rated, by model and language."""
    last = set(last_steps(benchmark).items())
    found = Counter[tuple[str, str]]()
    for table in one.answers():
        rows = table.select(["model", "language", "condition", "step"]).to_pylist()
        found.update(
            (row["model"], row["language"])
            for row in rows
            if (row["condition"], row["step"]) in last
        )
    return found


def _statuses(run: RunDirectory, folder: str, judge: str) -> Counter[tuple[str, str, str]]:
    """Return the number of ratings by model, language and status."""
    found = Counter[tuple[str, str, str]]()
    for path in run.shards(f"benchmarks/{folder}/ratings/judge={judge}"):
        rows = read(path).select(["model", "language", "status"]).to_pylist()
        found.update((row["model"], row["language"], row["status"]) for row in rows)
    return found
