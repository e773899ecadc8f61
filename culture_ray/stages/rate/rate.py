"""Rating of the answers to benchmarks with a rubric, by one judge of the run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from culture_ray.benchmarks.items.read import Items
from culture_ray.benchmarks.items.stored import items_of
from culture_ray.benchmarks.rows import BenchmarkItem
from culture_ray.plan.benchmarks.rating_units import last_steps
from culture_ray.settings.judging import Judge
from culture_ray.stages.rate.task import RatingTask
from culture_ray.store.shards import read


def rating_task(name: str, judge: Judge, items: Items) -> RatingTask:
    """Return the task of one judge for one benchmark, which has a rubric."""
    benchmark = items.benchmark
    if benchmark.rubric is None:
        raise ValueError(f"benchmark {benchmark.name} has no rubric")
    return RatingTask(name, judge, benchmark.rubric, last_steps(benchmark), items_beside)


def items_beside(answers: Path) -> Mapping[str, BenchmarkItem]:
    """Return the items by id that lie in the run directory beside a shard of answers."""
    path = answers.parents[3] / "items" / f"{answers.parent.name}.arrow"
    return _items(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _items(path: Path, written: int) -> Mapping[str, BenchmarkItem]:
    """Return the items of a language by id; `written` is the time of the file, in ns."""
    return {item.id: item for item in items_of(read(path))}
