"""Transforms: from the rows of a published file to rows of items, each one declared in the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from culture_ray.benchmarks.design.placeholders import filled
from culture_ray.benchmarks.design.source import Transform
from culture_ray.benchmarks.items.columns import Columns, as_text, column, from_rows, value_at
from culture_ray.benchmarks.items.transforms import answers, drawn, rows, values
from culture_ray.benchmarks.items.transforms.arguments import arguments_of, listed
from culture_ray.errors import BadTable, WrongValue

Joined = Callable[[str], Columns]
"""Reader of a second file, by its pattern."""
NESTED = ("entries", "rows")
"""Transforms that find the rows in the content of a JSON file."""


def rows_of(content: Any, transform: Transform, language: str, where: str) -> Columns:
    """Return the rows in the content of a JSON file: an entry per id, or a field with a list.

    `language` is the name of the language in the source, for a field of each language. Raises
    BadTable.
    """
    if not isinstance(transform.arguments, str):
        raise WrongValue(transform.key, dict(transform.arguments), "a name")
    name = filled(transform.arguments, {"language": language})
    if transform.name == "rows":
        found = value_at(content, name) if isinstance(content, Mapping) else None
        if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
            raise BadTable(f"{where}: '{name}' holds no list of objects ({transform.key})")
        return from_rows(found)
    if not isinstance(content, Mapping) or not all(
        isinstance(row, Mapping) for row in content.values()
    ):
        raise BadTable(f"{where}: it does not map ids to objects ({transform.key})")
    return from_rows([{name: key, **row} for key, row in content.items()])


def transformed(
    columns: Columns, transforms: Sequence[Transform], where: str, joined: Joined
) -> Columns:
    """Return the columns after the transforms, in order; raises BadTable, WrongValue."""
    for transform in transforms:
        try:
            if transform.name == "join":
                columns = _join(columns, transform, where, joined)
            elif transform.name not in NESTED:
                columns = _TRANSFORMS[transform.name](columns, transform, where)
        except (AttributeError, TypeError, ValueError) as problem:  # values of another kind
            raise BadTable(
                f"{where}: {transform.key} cannot be applied: {str(problem)[:160]}"
            ) from problem
    return columns


def _join(columns: Columns, transform: Transform, where: str, joined: Joined) -> Columns:
    """Return the columns with those of the second file, by a column of both; None for no row."""
    arguments = arguments_of(transform, "file", "on", optional=("columns",))
    other, on = joined(str(arguments["file"])), str(arguments["on"])
    place = f"{where}, {arguments['file']}"
    places = {as_text(value): row for row, value in enumerate(column(other, on, place))}
    wanted = listed(arguments.get("columns") or [name for name in other if name not in columns])
    rows = [places.get(as_text(value)) for value in column(columns, on, where)]
    added: Columns = {
        str(name): [None if row is None else column(other, str(name), place)[row] for row in rows]
        for name in wanted
    }
    return {**columns, **added}


_TRANSFORMS: Mapping[str, Callable[[Columns, Transform, str], Columns]] = {
    "keep": rows.keep_or_drop,
    "drop": rows.keep_or_drop,
    "drop_where": rows.drop_where,
    "number": rows.number,
    "collect": rows.collect,
    "explode": rows.explode,
    "replace": values.replace,
    "compose": values.compose,
    "parse": values.parse,
    "fields": values.fields,
    "digest": values.digest,
    "split": values.split,
    "lettered": answers.lettered,
    "draw": drawn.draw,
    "votes": answers.voted,
}
