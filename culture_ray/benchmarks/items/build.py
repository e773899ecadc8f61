"""Items from the columns of a source: the table that is put, scored and stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.design.columns import ItemColumns
from culture_ray.benchmarks.items.columns import (
    Columns,
    as_text,
    column,
    number_of_rows,
    taken,
    texts_in,
)
from culture_ray.benchmarks.items.options import options_of
from culture_ray.benchmarks.items.right_answers import right_answers
from culture_ray.benchmarks.rows import RightAnswer
from culture_ray.errors import BadTable
from culture_ray.tables import ITEMS


def items_table(benchmark: Benchmark, columns: Columns, where: str, language: str) -> pa.Table:
    """Return the items of one language (ITEMS schema), those of kept groups, in the file's order.

    `where` names the files. Raises BadTable for an absent column, an id that stands twice, an empty
    text, an answer that is no option, and a group without items.
    """
    design = benchmark.items
    columns = _kept(design, columns, where)
    ids = _joined(columns, design.id, where)
    _check_ids(ids, where)

    def named(place: int) -> str:
        return f"{where}: item {ids[place]}"

    texts = texts_in(columns, design.text, where)
    for place, text in enumerate(texts):
        if not text.strip():
            raise BadTable(f"{named(place)} has no text in column '{design.text}'")
    options = options_of(design, columns, where, named)
    answers = _answers(benchmark, columns, options, where, named)
    clusters = _joined(columns, design.cluster, where) if design.cluster else ids
    size = len(ids)
    arrays = [
        pa.array(ids, pa.string()),
        pa.array(clusters, pa.string()),
        pa.array([language] * size, pa.string()),
        pa.array(texts, pa.string()),
        _named_texts(columns, design.fields, size, where),
        _lists([len(own) for own in options], pa.array(_flat(options), pa.string())),
        _answer_lists(answers),
        _named_texts(columns, design.groups, size, where),
        _turns(design, columns, where, named, size),
    ]
    return pa.table(arrays, schema=ITEMS)


def _kept(design: ItemColumns, columns: Columns, where: str) -> Columns:
    for grouping, groups in design.keep.items():
        values = texts_in(columns, design.groups[grouping], where)
        there = set(values)
        for group in groups:
            if group not in there:
                listed = ", ".join(sorted(there)[:8]) or "none"
                raise BadTable(
                    f"{where}: no item of group '{group}' of {grouping}; the groups are {listed}"
                )
        wanted = set(groups)
        columns = taken(columns, [row for row, value in enumerate(values) if value in wanted])
    if not number_of_rows(columns):
        raise BadTable(f"{where}: no items" + (" of the kept groups" if design.keep else ""))
    return columns


def _joined(columns: Columns, names: Sequence[str], where: str) -> list[str]:
    parts = [texts_in(columns, name, where) for name in names]
    if len(parts) == 1:
        return parts[0]
    return ["/".join(own) for own in zip(*parts, strict=True)]


def _check_ids(ids: Sequence[str], where: str) -> None:
    if len(set(ids)) == len(ids) and "" not in ids:
        return
    first: dict[str, int] = {}
    for row, one in enumerate(ids, start=1):
        if not one.strip():
            raise BadTable(f"{where}: row {row} has no id")
        if one in first:
            raise BadTable(f"{where}: the id '{one}' occurs twice, in rows {first[one]} and {row}")
        first[one] = row


def _answers(
    benchmark: Benchmark,
    columns: Columns,
    options: Sequence[Sequence[str]],
    where: str,
    named: Callable[[int], str],
) -> list[tuple[RightAnswer, ...]]:
    answer = benchmark.items.answer
    if answer is None:
        return [()] * number_of_rows(columns)
    values = column(columns, answer.column, where)
    weights = column(columns, answer.weights, where) if answer.weights else None
    return right_answers(values, weights, options, answer.form, benchmark.answer, named)


def _turns(
    design: ItemColumns,
    columns: Columns,
    where: str,
    named: Callable[[int], str],
    size: int,
) -> pa.Array[Any]:
    kind = ITEMS.field("turns").type
    if not design.turns:
        empty: pa.Array[Any] = pa.array([[]] * size, kind)
        return empty
    exchanges = []
    for place, value in enumerate(column(columns, design.turns, where)):
        messages = list(value or ())
        roles = [message.get("role") for message in messages if isinstance(message, Mapping)]
        if roles != ["user", "assistant"] * (len(messages) // 2):
            raise BadTable(
                f"{named(place)}: '{design.turns}' must hold messages of user and assistant in "
                f"turn, each with role and content, and end with one of the assistant"
            )
        said = [as_text(message.get("content")) for message in messages]
        exchanges.append(
            [{"user": u, "assistant": a} for u, a in zip(said[::2], said[1::2], strict=True)]
        )
    found: pa.Array[Any] = pa.array(exchanges, kind)
    return found


def _named_texts(
    columns: Columns, names: Mapping[str, str], size: int, where: str
) -> pa.Array[Any]:
    """Return a map per item: the texts of some columns by their own names."""
    parts = [texts_in(columns, name, where) for name in names.values()]
    flat = [text for own in zip(*parts, strict=True) for text in own]
    keys = pa.array(list(names) * size, pa.string())
    offsets = pa.array(range(0, size * len(names) + 1, len(names)) if names else [0] * (size + 1))
    maps: Any = pa.MapArray  # whose stubs take other offsets than it does
    found: pa.Array[Any] = maps.from_arrays(
        offsets.cast(pa.int32()), keys, pa.array(flat, pa.string())
    )
    return found


def _answer_lists(answers: Sequence[Sequence[RightAnswer]]) -> pa.Array[Any]:
    flat = [answer for own in answers for answer in own]
    kind = ITEMS.field("answers").type.value_type
    values = pa.StructArray.from_arrays(
        [
            pa.array([answer.text for answer in flat], pa.string()),
            pa.array([answer.option for answer in flat], pa.int32()),
            pa.array([answer.weight for answer in flat], pa.float64()),
        ],
        fields=list(kind),
    )
    return _lists([len(own) for own in answers], values)


def _lists(lengths: Sequence[int], values: pa.Array[Any]) -> pa.Array[Any]:
    offsets, end = [0], 0
    for length in lengths:
        end += length
        offsets.append(end)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)


def _flat(lists: Sequence[Sequence[str]]) -> list[str]:
    return [text for own in lists for text in own]
