"""Scores and figures of a run's benchmarks, computed from their answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.reading.lexicons.lexicon import Lexicon
from culture_ray.benchmarks.rows import BenchmarkItem
from culture_ray.benchmarks.scoring.answer_scores import AnswerReader
from culture_ray.benchmarks.scoring.benchmark_figures import BenchmarkFigures, benchmark_figures
from culture_ray.benchmarks.scoring.capability_draws import capability_figures, capability_table
from culture_ray.benchmarks.scoring.figure_plan import FigureRow
from culture_ray.benchmarks.scoring.figure_table import figure_table
from culture_ray.benchmarks.scoring.matrix_of_scores import score_matrix
from culture_ray.benchmarks.scoring.rubric_scores import RatedAnswer, rated_scores, with_ratings
from culture_ray.benchmarks.scoring.score_table import score_table
from culture_ray.engines.model import Model
from culture_ray.judging.language_id import LanguageDetector
from culture_ray.judging.vocabulary import Vocabulary
from culture_ray.report.table_files import write_table
from culture_ray.stages.score.rating_agreement import agreement_rows
from culture_ray.stages.score.shared_records import shared_records
from culture_ray.store import catalogue
from culture_ray.store.atomic import replace as replace_file
from culture_ray.store.atomic import replace_text
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import RATING_AGREEMENT, SCORES, TABLES

_PRINTED = (
    "model", "language", "condition", "figure", "category", "group", "value", "ci_low", "ci_high",
    "judge",
)  # fmt: skip


@dataclass(frozen=True)
class AnsweredBenchmark:
    """A benchmark with its items and answers."""

    folder: str
    """Name of its folder in the run."""
    benchmark: Benchmark
    items: Mapping[str, Sequence[BenchmarkItem]]
    """Items by language."""
    answers: Callable[[], Iterator[pa.Table]]
    """Yields the answers of one model and language after another, to these items only."""
    ratings: Mapping[str, Sequence[RatedAnswer]] = field(default_factory=dict)
    """Ratings by judge, the run's first judge before the others; for a benchmark with a rubric."""
    lexicon: Sequence[tuple[str, str]] = ()
    """Terms that are looked for in free texts, with their groups."""


@dataclass(frozen=True)
class Drawing:
    """Number of joint draws of items, and their seed."""

    rounds: int
    seed: int


def score_benchmarks(
    run: RunDirectory,
    benchmarks: Iterable[AnsweredBenchmark],
    words: Vocabulary,
    drawing: Drawing,
    models: Mapping[str, Model],
    judges: Mapping[str, Model] = MappingProxyType({}),
    *,
    version: str,
    at: float,
) -> None:
    """Write the scores and figures of every benchmark, and the draws of measured capability.

    Beside benchmarks.csv there are, in the folder of each benchmark, its scores, its figures as
    LaTeX and Markdown, and as records of Every Eval Ever, in one list and one file per model as its
    datastore has them, made `at` this time by this `version`. Figures from ratings are given for
    each judge, and rating_agreement.csv says how far judges agree. Raises DiskProblem, and
    WrongValue for a figure that the benchmark has no scores for.
    """
    figures, draws, agreements = [], [], []
    for one in benchmarks:
        found = _figures(run, one, words, drawing)
        name, own = one.benchmark.name, set(found.kept)
        rows = [row for place, row in enumerate(found.rows) if place not in own]
        constant = _constant(one) if one.benchmark.answer.kind == "statement" else None
        table = figure_table(name, rows, constant=constant, orders=len(one.benchmark.orders))
        figures.append(table)
        draws.append(capability_table(name, one.benchmark.capability, found))
        agreements.extend(agreement_rows(one.benchmark, one.ratings))
        folder = run.folder / "benchmarks" / one.folder
        caption = f"Figures of {name}, with 95 % intervals over item clusters"
        printed = table.select(_PRINTED)
        write_table(printed, folder / "figures", caption=caption, formats=("tex", "md"))
        rounds = drawing.rounds
        _write_records(
            folder, shared_records(run.name, one.benchmark, rows, models, judges,
                                   rounds=rounds, version=version, at=at)
        )  # fmt: skip
    if agreements:
        table = pa.Table.from_pylist(agreements, schema=RATING_AGREEMENT)
        catalogue.write(run, "rating_agreement", table)
    else:
        catalogue.remove(run, "rating_agreement")
    if figures:
        catalogue.write(run, "benchmarks", pa.concat_tables(figures))
        catalogue.write(run, "capability_draws", pa.concat_tables(draws))


def _write_records(folder: Path, records: Mapping[PurePosixPath, Mapping[str, Any]]) -> None:
    """Write the records of Every Eval Ever in one list, and each in its place in the datastore."""
    text = json.dumps(list(records.values()), indent=2, ensure_ascii=False)
    replace_text(folder / "every_eval_ever.json", text)
    for path, record in records.items():
        own = folder / "every_eval_ever" / path
        own.parent.mkdir(parents=True, exist_ok=True)
        replace_text(own, json.dumps(record, indent=2, ensure_ascii=False))


def _figures(
    run: RunDirectory, one: AnsweredBenchmark, words: Vocabulary, drawing: Drawing
) -> BenchmarkFigures:
    """Write the scores of one benchmark and return its figures."""
    benchmark = one.benchmark
    path = TABLES["benchmark_scores"].path(run.folder, benchmark=one.folder)
    replace_file(path, partial(_write_scores, _scored(one, words)))
    answer = benchmark.answer
    names = tuple(answer.words or answer.labels)
    matrix = score_matrix(_read_scores(path), one.items, answer.kind, names)
    keep = [(figure, where) for _, figure, where in capability_figures(benchmark.capability)]
    figures = partial(benchmark_figures, rounds=drawing.rounds, seed=drawing.seed)
    if benchmark.rubric is None:
        return figures(matrix, benchmark.scores, keep=keep)
    rated = rated_scores(benchmark.scores, benchmark.rubric)
    first, *others = one.ratings or {"": ()}
    whole = with_ratings(matrix, one.ratings.get(first, ()), benchmark.rubric)
    found = figures(whole, benchmark.scores, keep=keep)
    rows = [_by_judge(row, first if row.figure in rated.figures else "") for row in found.rows]
    for judge in others:
        own = figures(with_ratings(matrix, one.ratings[judge], benchmark.rubric), rated)
        rows += [_by_judge(row, judge) for row in own.rows]
    return replace(found, rows=tuple(rows))


def _by_judge(row: FigureRow, judge: str) -> FigureRow:
    return replace(row, judge=judge or None)


def _scored(one: AnsweredBenchmark, words: Vocabulary) -> Iterator[pa.Table]:
    """Yield the scores of each model and language that has answers."""
    last = {name: own.answer_step.name for name, own in one.benchmark.conditions.items()}
    reader = cache(partial(_reader, one, words))
    for answers in one.answers():
        scored = score_table(answers, one.items, last, reader)
        if scored.num_rows:
            yield scored


def _reader(one: AnsweredBenchmark, words: Vocabulary, language: str) -> AnswerReader:
    kind = one.benchmark.answer
    # The detector takes a second to load, and only free texts need it.
    detector = LanguageDetector() if kind.kind == "text" else None
    lexicon = Lexicon.of(one.lexicon, language) if one.lexicon else None
    return AnswerReader(kind, language, words, detector, lexicon)


def _write_scores(tables: Iterator[pa.Table], path: Path) -> None:
    """Write score tables one after another, a record batch each, so that one is in memory."""
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, SCORES, options=options) as file:
        for table in tables:
            for batch in table.combine_chunks().to_batches():
                file.write_batch(batch)


def _read_scores(path: Path) -> Iterator[pa.Table]:
    """Yield the score tables of a file, one per model and language."""
    with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as file:
        for number in range(file.num_record_batches):
            yield pa.Table.from_batches([file.get_batch(number)])


def _constant(one: AnsweredBenchmark) -> float | None:
    """Return the share of statements that one constant answer gets right; None without any."""
    items = [item for own in one.items.values() for item in own]
    right, total = (sum(len(part) for part in parts) for parts in (
        [item.answers for item in items], [item.options for item in items]))  # fmt: skip
    return max(right, total - right) / total if total else None
