"""Benchmarks that can be put to models: the files of conf/benchmark and of one's own folder."""

from __future__ import annotations

from dataclasses import dataclass

from culture_ray.benchmarks.design.answers import KINDS
from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.cli.commands.lists.listing import ListColumn, Listing, contains
from culture_ray.config.build import convert
from culture_ray.config.known_names import benchmark_files
from culture_ray.config.launchers import Content
from culture_ray.errors import UnknownName


@dataclass(frozen=True)
class ListedBenchmark:
    """One benchmark."""

    benchmark: str
    kind: str
    """Kind of its answers."""
    languages: tuple[str, ...]
    data: str
    """Data set of the hub, or the files, that hold its items."""
    fetched: bool
    """True if a commit of the data set is written in the file, or the items are files."""
    licence: str
    cite: str


_COLUMNS = (
    ListColumn("benchmark", lambda row: row.benchmark),
    ListColumn("answers", lambda row: row.kind),
    ListColumn("languages", lambda row: _languages(row.languages), wraps=True),
    ListColumn("items", lambda row: row.data, wraps=True),
    ListColumn("licence", lambda row: row.licence, wraps=True),
)


def listing(content: Content) -> Listing:
    """Return the benchmarks that the filters keep, by name."""
    name, language, kind = (
        convert(str | None, content[key], key) for key in ("name", "of_language", "kind")
    )
    if kind is not None and kind not in KINDS:
        raise UnknownName("kind", kind, KINDS)
    files = benchmark_files()
    rows = [_row(Benchmark.from_mapping(name, files[name])) for name in files]
    known = {tag for row in rows for tag in row.languages}
    if language is not None and language not in known:
        raise UnknownName("language", language, known)
    kept = [
        row
        for row in rows
        if contains(name, row.benchmark, row.data, row.cite)
        and (language is None or language in row.languages)
        and kind in (None, row.kind)
    ]
    return Listing(
        kept, _COLUMNS, len(rows), "benchmark", "",
        ("put one: benchmark=[NAME]; results of harnesses: culture-ray list scores",),
    )  # fmt: skip


def _row(benchmark: Benchmark) -> ListedBenchmark:
    source = benchmark.source
    return ListedBenchmark(
        benchmark=benchmark.name,
        kind=benchmark.answer.kind,
        languages=tuple(benchmark.languages),
        data=source.hub or ", ".join(source.paths),
        fetched=not source.hub or source.revision is not None,
        licence=source.licence,
        cite=source.cite,
    )


def _languages(tags: tuple[str, ...]) -> str:
    return ", ".join(tags) if len(tags) <= 6 else f"{', '.join(tags[:5])} and {len(tags) - 5} more"
