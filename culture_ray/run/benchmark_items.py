"""Items of a run's benchmarks: local files, or the fetched snapshot of a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.hub import snapshot_of
from culture_ray.benchmarks.items.read import Items, read_items


def read_benchmarks(
    benchmarks: Mapping[str, Benchmark],
    languages: Sequence[str],
    folders: Sequence[Path],
    seed: int,
) -> dict[str, Items]:
    """Return the items of every benchmark, by its name.

    `folders` are those in which local files are looked for. Raises BadTable, WrongValue,
    UnknownName and DataSetMissing.
    """
    return {
        name: read_items(benchmark, languages, _roots(benchmark, folders), seed)
        for name, benchmark in benchmarks.items()
    }


def _roots(benchmark: Benchmark, folders: Sequence[Path]) -> Sequence[Path]:
    if not benchmark.source.hub:
        return folders
    return (snapshot_of(f"benchmark.{benchmark.name}", benchmark.source),)
