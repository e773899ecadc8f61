"""Score matrix of a benchmark from its table of scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from culture_ray.benchmarks.rows import BenchmarkItem
from culture_ray.benchmarks.scoring.arrow_columns import codes_of
from culture_ray.benchmarks.scoring.cell_scores import CellAnswers, cell_scores, cells_of
from culture_ray.benchmarks.scoring.score_matrix import (
    OUTCOMES,
    CategoryCounts,
    ScoreCell,
    ScoreMatrix,
)
from culture_ray.measures.result import IntArray

_MOST_CATEGORIES = 20
"""Most different answers of a language of which shares are figures; more are as good as free."""
Scores = npt.NDArray[np.floating]


def score_matrix(
    tables: Iterable[pa.Table],
    items: Mapping[str, Sequence[BenchmarkItem]],
    kind: str,
    labels: Sequence[str] = (),
) -> ScoreMatrix:
    """Return the matrix of a benchmark from tables of scores (SCORES schema), one after another.

    All rows of a model and language are in one table. An answer that cannot be read counts as
    wrong, a request that failed nowhere. Options by probability are chosen over all orders and
    prompts together; an item of statements is right if all of them are. Beside each stands the
    published way, where it differs: the first order of options alone, and statements one by one.
    `labels` are the names of labels, or of the words that are looked for in layers.
    """
    first: dict[str, BenchmarkItem] = {}
    for own in items.values():
        for item in own:
            first.setdefault(item.id, item)
    ids = tuple(first)
    place = {name: row for row, name in enumerate(ids)}
    categories = _categories(kind, labels, items.values())
    columns = [
        _column_of(one, [known.get(name) for name in ids], kind, categories, labels)
        for table in tables
        for one in cells_of(table, place)
        for known in [{item.id: item for item in items.get(one.cell.language, ())}]
    ]
    groupings = dict.fromkeys(name for item in first.values() for name in item.groups)
    shape = len(ids), 0
    right, given = (
        np.stack(own, axis=1) if own else np.zeros(shape, np.int64)
        for own in ([c.right for c in columns], [c.given for c in columns])
    )
    counts = [c.counts for c in columns]
    missing = np.full(len(ids), np.nan, np.float32)  # a layer that only larger models have
    return ScoreMatrix(
        items=ids,
        clusters=tuple(item.cluster for item in first.values()),
        groups={g: tuple(item.groups.get(g, "") for item in first.values()) for g in groupings},
        cells=tuple(c.cell for c in columns),
        scores={
            name: np.stack([c.scores.get(name, missing) for c in columns], axis=1)
            for name in dict.fromkeys(name for c in columns for name in c.scores)
        },
        counts={"answer": CategoryCounts(categories, np.stack(counts, axis=1))}
        if categories and counts
        else {},
        right=right if categories else None,
        given=given if categories else None,
        outcomes=np.stack([c.outcomes for c in columns], axis=1) if columns else None,
    )


@dataclass(frozen=True, eq=False)
class _MatrixColumn:
    """Column of one cell in each matrix."""

    cell: ScoreCell
    scores: Mapping[str, Scores]
    right: IntArray
    given: IntArray
    counts: Scores
    outcomes: npt.NDArray[np.int16]


def _column_of(
    one: CellAnswers,
    items: Sequence[BenchmarkItem | None],
    kind: str,
    categories: Sequence[str],
    labels: Sequence[str],
) -> _MatrixColumn:
    codes = _codes(one.rows, {name: place for place, name in enumerate(categories)})
    right = np.array([_place(categories, _right(item)) for item in items], np.int64)
    given = np.full(len(items), -2)
    given[one.item] = codes
    counts = np.zeros((len(items), len(categories)), np.float32)
    np.add.at(counts, (one.item[codes >= 0], codes[codes >= 0]), 1)
    status_codes, names = codes_of(one.rows, "status")
    status = np.array(names, dtype=str)[status_codes]
    outcomes = np.zeros((len(items), len(OUTCOMES)), np.int16)
    for place, outcome in enumerate(OUTCOMES):
        np.add.at(outcomes[:, place], one.item[status == outcome], 1)
    return _MatrixColumn(
        one.cell, cell_scores(one, items, kind, labels), right, given, counts, outcomes
    )


def _categories(
    kind: str, labels: Sequence[str], items: Iterable[Sequence[BenchmarkItem]]
) -> tuple[str, ...]:
    """Return the answers of a closed list, of every language; none where answers are free or many.

    `items` are those of each language.
    """
    if kind == "statement":
        return "true", "false"
    if kind == "label":
        return tuple(labels)
    options = [dict.fromkeys(o for item in own for o in item.options) for own in items]
    if kind != "option" or max(map(len, options), default=0) > _MOST_CATEGORIES:
        return ()
    return tuple(dict.fromkeys(option for own in options for option in own))


def _place(categories: Sequence[str], name: str) -> int:
    folded = [category.casefold() for category in categories]
    return folded.index(name.casefold()) if name.casefold() in folded else -1


def _right(item: BenchmarkItem | None) -> str:
    return item.answers[0].text if item is not None and item.answers else ""


def _codes(rows: pa.Table, place: Mapping[str, int]) -> IntArray:
    """Return the category of each answer: -1 if it cannot be read, -2 if nothing came back."""
    codes, names = codes_of(rows, "answer")
    of_name = np.array([*(place.get(name, -1) for name in names), -1], np.int64)
    status, outcomes = codes_of(rows, "status")
    failed = np.array([outcome == "failed" for outcome in outcomes], dtype=bool)
    return np.where(failed[status], -2, of_name[codes])
