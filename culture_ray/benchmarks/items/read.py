"""Reading of a benchmark: its items in every language of the run, and its worked examples."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.design.source import FileForm
from culture_ray.benchmarks.items.build import items_table
from culture_ray.benchmarks.items.columns import Columns, as_texts, column, number_of_rows, taken
from culture_ray.benchmarks.items.files import SourceFile, files_of
from culture_ray.benchmarks.items.formats.read import read_columns
from culture_ray.benchmarks.items.named_groups import check_named_groups
from culture_ray.benchmarks.items.part import part_of
from culture_ray.benchmarks.items.same_item import check_same_items, notices_of_items
from culture_ray.benchmarks.items.stored import texts_of
from culture_ray.benchmarks.items.transforms.apply import NESTED, rows_of, transformed
from culture_ray.errors import BadTable, WrongValue

_NOT_DECISIVE = ("scores", "capability", "rubric")
"""Parts of a file that change no request: the answers stay when they change."""


@dataclass(frozen=True, eq=False)
class Items:
    """Items of a benchmark, as read from its source."""

    benchmark: Benchmark
    tables: Mapping[str, pa.Table]
    """Items to put by language tag of the run (ITEMS schema), in the order in which they are."""
    examples: Mapping[str, pa.Table]
    """Worked examples by language; empty without few_shot."""
    checksums: Mapping[str, str]
    """SHA-256 of every file that was read, by its path below the source."""
    bytes: int
    """Size of these files together."""
    notices: tuple[str, ...] = ()
    seed: int = field(default=0, repr=False)

    @cached_property
    def digest(self) -> str:
        """Hash of what decides the requests: the file, the source and the seed; 16 digits.

        Scores, capability and rubric are not part of it, nor is the number of items: with a larger
        part the answers that are there stay.
        """
        content = decisive_content(self.benchmark.content)
        whole = [content, sorted(self.checksums.values()), self.seed, sorted(self.tables)]
        text = json.dumps(whole, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    @property
    def folder(self) -> str:
        """Name of the benchmark's folder in a run."""
        return f"{self.benchmark.name}-{self.digest}"


def decisive_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a benchmark's file that decide its requests."""
    decisive = {key: value for key, value in content.items() if key not in _NOT_DECISIVE}
    for key, left_out in (("items", ("per_group",)), ("source", ("licence", "cite"))):
        decisive[key] = {
            name: value for name, value in decisive[key].items() if name not in left_out
        }
    return decisive


def read_items(
    benchmark: Benchmark, languages: Sequence[str], roots: Sequence[Path], seed: int
) -> Items:
    """Read the items of a benchmark in those of `languages` that it has.

    `roots` are the folders in which its paths are looked for. Raises BadTable and WrongValue, in
    one line with the file and the item, for what cannot be used.
    """
    spoken = [language for language in languages if language in benchmark.languages]
    key = f"benchmark.{benchmark.name}"
    if not spoken:
        has = ", ".join(benchmark.languages)
        raise WrongValue("language", list(languages), f"one that {key} has: {has}")
    reader = _Reader(benchmark, roots)
    whole = {
        language: items_table(
            _in_language(benchmark, language),
            *reader.columns(benchmark.source.paths, language, "source"),
            language,
        )
        for language in spoken
    }
    check_same_items(whole, benchmark.items, key)
    check_named_groups(benchmark, whole)
    tables, short = part_of(whole, benchmark.items, seed)
    notices = [
        f"{key}: group '{group}' has {there} of the {benchmark.items.per_group[1]} items wanted"
        for group, there in short.items()
        if benchmark.items.per_group is not None
    ]
    lacking = [language for language in languages if language not in spoken]
    if lacking:
        notices.append(f"{key} has no items in {', '.join(lacking)}: they are left out of it")
    notices += notices_of_items(whole, benchmark.items, key)
    examples = _examples(benchmark, reader, whole, seed)
    return Items(benchmark, tables, examples, reader.checksums, reader.bytes, tuple(notices), seed)


def _in_language(benchmark: Benchmark, language: str) -> Benchmark:
    """Return a benchmark with the columns of one language, where each has columns of its own."""
    return replace(benchmark, items=benchmark.items.in_language(benchmark.languages[language]))


class _Reader:
    """Reader of a source's files, each once; it keeps their checksums."""

    def __init__(self, benchmark: Benchmark, roots: Sequence[Path]) -> None:
        self._benchmark, self._roots = benchmark, roots
        self._read: dict[tuple[str, ...], tuple[Columns, str]] = {}
        self.checksums: dict[str, str] = {}
        self.paths: dict[str, set[Path]] = {"source": set(), "few_shot": set()}
        self.bytes = 0

    def columns(self, patterns: Sequence[str], language: str, part: str) -> tuple[Columns, str]:
        """Return the transformed rows of a language, and the words that name their files."""
        benchmark = self._benchmark
        key = f"benchmark.{benchmark.name}.{part}"
        own = benchmark.languages[language]
        files = files_of(patterns, own, benchmark.lists, self._roots, f"{key} ({language})")
        by_path = any("{language}" in pattern for pattern in patterns)
        in_file = any(one.by_language for one in benchmark.source.transforms)
        told = by_path or in_file or benchmark.items.language or benchmark.items.by_language
        if not told and len(benchmark.languages) > 1:
            raise WrongValue(
                f"benchmark.{benchmark.name}.languages",
                list(benchmark.languages),
                "{language} in the paths, or items.language with the column of the language, or "
                "{language} in the names of the columns",
            )
        self.paths[part].update(file.path for file in files)
        where = str(files[0].path) if len(files) == 1 else f"{key} ({len(files)} files)"
        once = (*(str(file.path) for file in files), own if in_file else "")
        if once not in self._read:
            parts = [self._of_file(file, own) for file in files]
            self._read = {once: (_together(parts), where)}  # one language at a time in memory
        found, where = self._read[once]
        if benchmark.items.language:
            found = _of_language(found, benchmark.items.language, own, where)
        return found, where

    def _of_file(self, file: SourceFile, language: str) -> Columns:
        source, path = self._benchmark.source, file.path
        self._note(path)
        first = next((one for one in source.transforms if one.name in NESTED), None)
        found = read_columns(path, source.form, nested=first is not None)
        columns = found if first is None else rows_of(found, first, language, str(path))
        for name, entry in file.entries.items():
            columns[name] = [entry] * number_of_rows(columns)

        def joined(pattern: str) -> Columns:
            form = FileForm(encoding=source.form.encoding)
            lists = {name: (entry,) for name, entry in file.entries.items()}
            key = f"benchmark.{self._benchmark.name}.source.transforms"
            others = files_of((pattern,), language, lists, self._roots, key)
            for other in others:
                self._note(other.path)
            return _together([read_columns(o.path, form) for o in others])

        return transformed(columns, source.transforms, str(path), joined)

    def _note(self, path: Path) -> None:
        roots = [root for root in self._roots if path.is_relative_to(root)]
        nearest = max(roots, key=lambda root: len(root.parts), default=path.parent)
        name = str(path.relative_to(nearest))
        if name not in self.checksums:
            content = path.read_bytes()
            self.checksums[name] = hashlib.sha256(content).hexdigest()
            self.bytes += len(content)


def _together(parts: Sequence[Columns]) -> Columns:
    if len(parts) == 1:
        return parts[0]
    names = dict.fromkeys(name for part in parts for name in part)
    return {
        name: [value for part in parts for value in part.get(name, [None] * number_of_rows(part))]
        for name in names
    }


def _of_language(columns: Columns, name: str, language: str, where: str) -> Columns:
    values = as_texts(column(columns, name, where))
    rows = [row for row, value in enumerate(values) if value == language]
    if not rows:
        there = ", ".join(sorted(set(values))[:12])
        raise BadTable(f"{where}: no rows of language '{language}' in '{name}'; it has {there}")
    return taken(columns, rows)


def _examples(
    benchmark: Benchmark, reader: _Reader, tested: Mapping[str, pa.Table], seed: int
) -> dict[str, pa.Table]:
    """Return the worked examples by language: the same in each, and none of the tested items."""
    few = benchmark.few_shot
    if few is None:
        return {}
    key = f"benchmark.{benchmark.name}.few_shot"
    found = {}
    for language, items in tested.items():
        columns, where = reader.columns(few.paths, language, "few_shot")
        table = items_table(benchmark, columns, where, language)
        same = set(texts_of(items, "item")) & set(texts_of(table, "item"))
        if same or reader.paths["few_shot"] & reader.paths["source"]:
            what = f"the item '{min(same)}' is" if same else "the file is"
            raise BadTable(f"{where}: {what} also tested ({key}): take another part of the data")
        if table.num_rows < few.count:
            raise BadTable(f"{where}: {table.num_rows} examples for {key}.count={few.count}")
        ordered, _ = part_of({language: table}, replace(benchmark.items, per_group=None), seed)
        found[language] = ordered[language].slice(0, few.count)
    return found
