"""Scores of the items in one cell: from the rows of its answers to one value per item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from culture_ray.benchmarks.rows import BenchmarkItem
from culture_ray.benchmarks.scoring.arrow_columns import (
    codes_of,
    list_column,
    numbers_of,
    places_in_lists,
)
from culture_ray.benchmarks.scoring.figure_kinds import PUBLISHED
from culture_ray.benchmarks.scoring.layer_scores import layer_scores
from culture_ray.benchmarks.scoring.probability_scores import probabilities_by_option
from culture_ray.benchmarks.scoring.score_matrix import (
    ScoreCell,
    mean_over_answers,
    options_by_probability,
)
from culture_ray.measures.result import IntArray

ItemScores = npt.NDArray[np.floating]
_READ_ALWAYS = ("votes", "lexicon", "repetition", "wrong_language")


@dataclass(frozen=True, eq=False)
class CellAnswers:
    """Rows of one cell, with the index of each row's item."""

    cell: ScoreCell
    rows: pa.Table
    item: IntArray


def cells_of(scores: pa.Table, place: Mapping[str, int]) -> list[CellAnswers]:
    """Return the rows of each cell, in the order in which the cells come first."""
    cell, columns = np.zeros(scores.num_rows, np.int64), ("model", "language", "condition")
    for column in columns:
        codes, names = codes_of(scores, column)
        cell = cell * max(len(names), 1) + codes
    _, first, cell = np.unique(cell, return_index=True, return_inverse=True)
    found = []
    for code in np.argsort(first):
        own = scores.take(np.flatnonzero(cell == code)).combine_chunks()
        key = ScoreCell(*(str(own.column(column)[0].as_py()) for column in columns))
        codes, names = codes_of(own, "item")
        at = np.array([place[name] for name in names], np.int64)
        found.append(CellAnswers(key, own, at[codes]))
    return found


def cell_scores(
    one: CellAnswers,
    items: Sequence[BenchmarkItem | None],
    kind: str,
    labels: Sequence[str] = (),
) -> dict[str, ItemScores]:
    """Return the scores of a cell by name, each (items,); `labels` are those of the answer kind."""
    n = len(items)
    codes, names = codes_of(one.rows, "status")
    status = np.array(names, dtype=str)[codes]
    accuracy = numbers_of(one.rows, "score")
    judged = np.array([item is not None and bool(item.answers) for item in items], dtype=bool)
    wrong = np.isin(status, ("unparsable", "refusal", "empty")) & judged[one.item]
    accuracy[wrong] = 0.0
    found = {"accuracy": mean_over_answers(one.item, accuracy, n)}
    for name in _READ_ALWAYS:
        values = numbers_of(one.rows, name)
        if name == "votes":
            values[wrong] = 0.0
        found[name] = mean_over_answers(one.item, values, n)
    if kind == "layers":
        return {**layer_scores(one.rows, one.item, labels, n)}
    if kind == "statement":
        found[f"accuracy{PUBLISHED}"] = found["accuracy"]
        found["accuracy"] = _by_question(one, accuracy, items)
    elif kind == "option":
        orders = np.array(one.rows.column("order").to_pylist(), dtype=str)
        first = np.where(orders == orders[0] if orders.size else False, accuracy, np.nan)
        found[f"accuracy{PUBLISHED}"] = mean_over_answers(one.item, first, n)
        if one.rows.column("probabilities").null_count < one.rows.num_rows:
            found["accuracy"] = _by_probability(one, items, found["accuracy"])
    return found


def _by_question(
    one: CellAnswers, accuracy: ItemScores, items: Sequence[BenchmarkItem | None]
) -> ItemScores:
    """Return 1 for an item all of whose statements are right, averaged over samples and prompts."""
    samples = zip(
        one.item.tolist(),
        *(one.rows.column(name).to_pylist() for name in ("variant", "sample")),
        strict=True,
    )
    of_question: dict[tuple[int, int, int], list[float]] = {}
    for key, score in zip(samples, accuracy.tolist(), strict=True):
        of_question.setdefault(key, []).append(score)
    at = np.array([key[0] for key in of_question], np.int64)
    worst = []
    for key, own in of_question.items():
        item = items[key[0]]
        whole = item is not None and len(own) == max(len(item.options), 1)
        worst.append(min(own) if whole and not np.isnan(own).any() else np.nan)
    return mean_over_answers(at, np.array(worst), len(items))


def _by_probability(
    one: CellAnswers, items: Sequence[BenchmarkItem | None], otherwise: ItemScores
) -> ItemScores:
    """Return 1 for an item whose most probable option, over all its answers, is right."""
    vectors = list_column(one.rows, "probabilities")
    found = probabilities_by_option(places_in_lists(vectors), vectors)
    best = options_by_probability(one.item, found, len(items))
    score = np.array(
        [
            np.nan
            if item is None or not item.answers
            else float(place in {right.option for right in item.answers})
            for item, place in zip(items, best.tolist(), strict=True)
        ],
        dtype=np.float32,
    )
    return np.where(best == -2, otherwise, score).astype(np.float32)
