"""Putting of benchmarks: the missing units, each with the answers that it waits for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from culture_ray.benchmarks.items.read import Items
from culture_ray.benchmarks.items.stored import items_of
from culture_ray.engines.model import Model
from culture_ray.plan.benchmarks.remaining import remaining
from culture_ray.plan.benchmarks.sizes import ratings_in, requests_in, requests_per_model
from culture_ray.plan.benchmarks.units import BenchmarkUnit
from culture_ray.stages.benchmark.task import BenchmarkTask, PutBenchmark
from culture_ray.store.atomic import replace_text
from culture_ray.store.run_directory import RunDirectory, answer_of, set_aside_shard
from culture_ray.store.shards import read, replace_table
from culture_ray.sweep.plan.units import Unit

FACTS = "benchmark.json"
"""File of a benchmark's folder: its file, licence, checksums and number of requests per model."""


def benchmark_task(benchmarks: Mapping[str, Items], models: Mapping[str, Model]) -> BenchmarkTask:
    """Return the task of the benchmark stage."""
    # A choice of labels would apply to the thoughts of a model whose thoughts vLLM does not know.
    unheld = (name for name, model in models.items() if model.thinks and not model.reasoning_parser)
    return BenchmarkTask(
        {
            items.folder: PutBenchmark(
                items.benchmark,
                {code: tuple(items_of(table)) for code, table in items.examples.items()},
            )
            for items in benchmarks.values()
        },
        frozenset(unheld),
    )


def write_items(run: RunDirectory, benchmarks: Mapping[str, Items], models: Sequence[str]) -> None:
    """Write the items of every benchmark and what its folder holds; raises DiskProblem."""
    for items in benchmarks.values():
        for language, table in items.tables.items():
            path = run.items(items.folder, language)
            if not path.exists() or not read(path).equals(table):
                replace_table(path, table)
        folder = run.folder / "benchmarks" / items.folder
        content = json.dumps(_facts(items, models), indent=2, ensure_ascii=False, default=str)
        if not (folder / FACTS).exists() or (folder / FACTS).read_text("utf-8") != content:
            replace_text(folder / FACTS, content)


def without_followers(
    run: RunDirectory, units: Sequence[BenchmarkUnit], done: frozenset[Path]
) -> tuple[frozenset[Path], list[Path]]:
    """Set aside the answers that follow from answers which are no longer there.

    Returns the shards that are left, and those set aside. Raises DiskProblem.
    """
    missing = {_place(unit.unit.path) for unit in remaining(units, done)}
    gone = [
        unit.unit.path
        for unit in units
        if unit.unit.path in done and any(_place(path) in missing for path in unit.needs)
    ]
    for path in gone:
        for rating in run.rating_shards():
            if answer_of(run, rating) == path:
                set_aside_shard(run, rating)
        set_aside_shard(run, path)
    return done.difference(gone), gone


@dataclass(frozen=True)
class PutUnits:
    """Units of the benchmark stage, and the shards that are done."""

    units: Sequence[BenchmarkUnit]
    done: frozenset[Path]

    @cached_property
    def _remaining(self) -> list[BenchmarkUnit]:
        return remaining(self.units, self.done)

    @cached_property
    def left(self) -> list[Unit]:
        """Return the units to run; a step waits for the answers of earlier ones that are not there.

        Units whose earlier answers do not come wait for the next sweep.
        """
        missing: dict[tuple[Path, str], list[Path]] = {}
        for one in self._remaining:
            missing.setdefault(_place(one.unit.path), []).append(one.unit.path)
        return [
            replace(
                one.unit,
                needs=tuple(p for path in one.needs for p in missing.get(_place(path), ())),
            )
            for one in self._remaining
        ]

    def totals(self) -> dict[str, tuple[int, int]]:
        """Return (requests, requests that are done) by engine."""
        total, left = Counter[str](), Counter[str]()
        for one in self.units:
            total[one.unit.engine] += one.unit.size
        for unit in self.left:
            left[unit.engine] += 0 if unit.path.exists() else unit.size
        return {name: (number, number - left[name]) for name, number in total.items()}


def _place(path: Path) -> tuple[Path, str]:
    """Return the folder and the place in the sweep of a unit's shard."""
    return path.parent, path.stem.partition("-")[0]


def _facts(items: Items, models: Sequence[str]) -> dict[str, object]:
    source = items.benchmark.source
    return {
        "benchmark": items.benchmark.name,
        "models": list(models),
        "requests_per_model": requests_per_model(items),
        "requests_by_language": {code: requests_in(items, code) for code in items.tables},
        "ratings_per_model": sum(ratings_in(items, code) for code in items.tables),
        "licence": source.licence,
        "cite": source.cite,
        "source": source.hub or list(source.paths),
        "revision": source.revision,
        "sha256": dict(items.checksums),
        "content": items.benchmark.content,
    }
