"""Items of a run's benchmarks: local files, or the fetched snapshot of a data set."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.hub import snapshot_of
from culture_ray.benchmarks.items.read import Items, read_items
from culture_ray.benchmarks.reading.lexicons.lexicon_file import read_lexicon
from culture_ray.errors import WrongValue


def read_benchmarks(
    benchmarks: Mapping[str, Benchmark],
    languages: Sequence[str],
    folders: Sequence[Path],
    seed: int,
) -> dict[str, Items]:
    """Return the items of every benchmark, by its name.

    `folders` are those in which local files are looked for. Lexicons are read too, as a faulty one
    would otherwise stop the run after its requests. Raises BadTable, WrongValue, UnknownName and
    DataSetMissing.
    """
    for benchmark in benchmarks.values():
        lexicon_of(benchmark, folders)
    return {
        name: read_items(benchmark, languages, _roots(benchmark, folders), seed)
        for name, benchmark in benchmarks.items()
    }


def lexicon_of(benchmark: Benchmark, folders: Sequence[Path]) -> tuple[tuple[str, str], ...]:
    """Return the terms that a benchmark looks for in free texts, with their groups.

    Empty for a benchmark without a lexicon. Raises WrongValue for a file that is in none of the
    folders, and BadTable for one that cannot be read.
    """
    lexicon, path = benchmark.answer.lexicon, _lexicon_file(benchmark, folders)
    if lexicon is None or path is None:
        return ()
    return read_lexicon(path, lexicon.term, lexicon.group)


def checksums_of(items: Items, folders: Sequence[Path]) -> dict[str, str]:
    """Return the SHA-256 of every file that a benchmark's figures come from, by its path.

    These are the files of its items, local or fetched, and that of its lexicon.
    """
    lexicon, path = items.benchmark.answer.lexicon, _lexicon_file(items.benchmark, folders)
    if lexicon is None or path is None:
        return dict(items.checksums)
    return {**items.checksums, lexicon.file: hashlib.sha256(path.read_bytes()).hexdigest()}


def _lexicon_file(benchmark: Benchmark, folders: Sequence[Path]) -> Path | None:
    lexicon = benchmark.answer.lexicon
    if lexicon is None:
        return None
    roots = _roots(benchmark, folders)
    paths = [root / lexicon.file for root in (*roots, *folders) if (root / lexicon.file).is_file()]
    if not paths:
        expected = f"a file in one of {', '.join(map(str, roots))}"
        raise WrongValue(f"benchmark.{benchmark.name}.answer.lexicon", lexicon.file, expected)
    return paths[0]


def _roots(benchmark: Benchmark, folders: Sequence[Path]) -> Sequence[Path]:
    if not benchmark.source.hub:
        return folders
    return (snapshot_of(benchmark),)
