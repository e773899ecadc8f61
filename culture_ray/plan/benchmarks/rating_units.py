"""Units of ratings: each a judge's ratings of one shard of answers to a benchmark with a rubric."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.items.read import Items
from culture_ray.settings.judging import Judge
from culture_ray.store.run_directory import RunDirectory, rating_path
from culture_ray.sweep.plan.units import Unit


def with_rubric(benchmarks: Mapping[str, Items]) -> list[Items]:
    """Return the benchmarks whose answers are rated."""
    return [items for items in benchmarks.values() if items.benchmark.rubric is not None]


def last_steps(benchmark: Benchmark) -> dict[str, str]:
    """Return the step whose answer is scored and rated, by condition."""
    return {name: own.answer_step.name for name, own in benchmark.conditions.items()}


def rating_units(
    run: RunDirectory, name: str, judge: Judge, engine: str, items: Items, models: Collection[str]
) -> list[Unit]:
    """Return one unit of ratings for each shard of answers that is there, rated or not."""
    import pyarrow.dataset as ds  # imports pandas

    scored = set(last_steps(items.benchmark).items())
    most = judge.model.output_limit(judge.sampling.max_tokens)
    units = []
    for path in run.shards(f"benchmarks/{items.folder}/answers"):
        model, language = (folder.partition("=")[2] for folder in path.parts[-3:-1])
        if model not in models or language not in items.tables:
            continue
        answers = ds.dataset(str(path), format="arrow")
        first = answers.head(1, columns=["condition", "step"]).to_pylist()
        if not first or (first[0]["condition"], first[0]["step"]) not in scored:
            continue
        size = answers.count_rows()
        units.append(
            Unit(
                path=rating_path(run, name, path),
                engine=engine,
                model=model,
                language=language,
                size=size,
                tokens=float(size * most),
                source=path,
            )
        )
    return units
