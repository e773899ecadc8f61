"""Table of scores: one row per answer to an item, from the answers as they came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from culture_ray.benchmarks.rows import BenchmarkItem
from culture_ray.benchmarks.scoring.answer_scores import AnswerReader, PutAnswer, ScoredAnswer
from culture_ray.benchmarks.scoring.arrow_columns import codes_of, list_column, lists_of
from culture_ray.benchmarks.scoring.probability_scores import most_probable, probabilities_by_option
from culture_ray.measures.result import IntArray
from culture_ray.tables.benchmark_scores import SCORES

ObjectArray = npt.NDArray[np.object_]

_KEY = (
    "request_id", "benchmark", "model", "language", "item", "condition", "part", "variant",
    "order", "sample",
)  # fmt: skip
_AS_THEY_ARE = ("cluster", "probabilities", "layers")
_SCORED = [name for name in SCORES.names if name not in (*_KEY, *_AS_THEY_ARE)]


def score_table(
    answers: pa.Table,
    items: Mapping[str, Sequence[BenchmarkItem]],
    last_steps: Mapping[str, str],
    reader: Callable[[str], AnswerReader],
) -> pa.Table:
    """Return the scores (SCORES schema) of the answers to the last step of each condition.

    `answers` has the columns of BENCHMARK_ANSWERS, `items` the items by language, `last_steps` the
    last step by condition, and `reader` gives the reader of a language. Answers with probabilities
    of their options are scored by these; the others are read. Raises KeyError for an answer to an
    item that is not among `items`.
    """
    steps = zip(*(answers.column(c).to_pylist() for c in ("condition", "step")), strict=True)
    scored = [last_steps.get(str(condition)) == step for condition, step in steps]
    rows = answers.filter(pa.array(scored, pa.bool_())).combine_chunks()
    own, of_row = _items_of(rows, items)
    probabilities = probabilities_by_option(
        list_column(rows, "options"), list_column(rows, "probabilities")
    )
    best = most_probable(probabilities)
    columns = _by_probability(own, of_row, best)
    in_words = np.flatnonzero(best == -2)
    for place, one in zip(in_words, _read(rows, in_words, own, of_row, reader), strict=True):
        for name, values in columns.items():
            values[place] = getattr(one, name)
    sizes = np.array([len(item.options) for item in own], np.int64)[of_row]
    clusters = np.array([item.cluster for item in own], dtype=object)[of_row]
    content: dict[str, Any] = {name: rows.column(name) for name in _KEY}
    content |= {"cluster": pa.array(clusters, pa.string())}
    content |= {name: pa.array(values, SCORES.field(name).type) for name, values in columns.items()}
    content |= {"probabilities": lists_of(probabilities, sizes, best == -2)}
    kind = SCORES.field("layers").type
    read = "layers" in rows.column_names
    content |= {"layers": rows.column("layers") if read else pa.nulls(rows.num_rows, kind)}
    return pa.table([content[name] for name in SCORES.names], schema=SCORES)


def _items_of(
    rows: pa.Table, items: Mapping[str, Sequence[BenchmarkItem]]
) -> tuple[list[BenchmarkItem], IntArray]:
    """Return the items that the rows are about, and the place of each row's among them."""
    language, languages = codes_of(rows, "language")
    item, names = codes_of(rows, "item")
    pairs, of_row = np.unique(language * max(len(names), 1) + item, return_inverse=True)
    by_language = {code: {one.id: one for one in items[code]} for code in languages}
    own = [by_language[languages[p // len(names)]][names[p % len(names)]] for p in pairs.tolist()]
    return own, of_row.astype(np.int64)


def _read(
    rows: pa.Table,
    places: IntArray,
    own: Sequence[BenchmarkItem],
    of_row: IntArray,
    reader: Callable[[str], AnswerReader],
) -> list[ScoredAnswer]:
    """Return the scores of the answers in words at these places."""
    if not places.size:
        return []
    part = rows.take(places)
    about = [own[row] for row in of_row[places].tolist()]
    columns = ("text", "options", "order", "part", "prompt_language")
    values = zip(*(part.column(name).to_pylist() for name in columns), strict=True)
    return [
        reader(item.language).score(item, _put(item, *one))
        for item, one in zip(about, values, strict=True)
    ]


def _put(
    item: BenchmarkItem,
    text: str | None,
    options: Sequence[int] | None,
    order: str,
    part: int,
    prompt_language: str,
) -> PutAnswer:
    """Return an answer in words; options put without probabilities are in the order named."""
    places = range(len(item.options))
    put = options or (tuple(reversed(places)) if order == "reversed" else tuple(places))
    return PutAnswer(text, tuple(put), prompt_language, part % max(len(item.options), 1))


def _by_probability(
    own: Sequence[BenchmarkItem], of_row: IntArray, best: IntArray
) -> dict[str, ObjectArray]:
    """Return the columns of _SCORED, filled for the rows whose answer is a most probable option."""
    columns = {name: np.full(len(of_row), None, dtype=object) for name in _SCORED}
    columns["status"][:] = np.where(best >= 0, "scored", "unparsable")
    columns["reason"][best == -1] = _TIE
    texts = np.array([text for item in own for text in item.options], dtype=object)
    ends = np.cumsum([len(item.options) for item in own])
    starts = np.concatenate([[0], ends]).astype(np.int64)[:-1]
    is_right = np.zeros(len(texts), dtype=bool)
    for start, item in zip(starts.tolist(), own, strict=True):
        for answer in item.answers:
            if answer.option is not None:
                is_right[start + answer.option] = True
    judged = np.array([bool(item.answers) for item in own], dtype=bool)
    chosen = np.flatnonzero(best >= 0)
    at = starts[of_row[chosen]] + best[chosen]
    columns["answer"][chosen] = texts[at]
    known = judged[of_row[chosen]]
    columns["score"][chosen[known]] = is_right[at[known]].astype(float)
    return columns


_TIE = "two options are equally probable"
