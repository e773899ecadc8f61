"""Rows of a file as columns of plain values, and the words with which a missing one is reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from culture_ray.errors import BadTable

Columns = dict[str, list[Any]]
"""Values by column, all of one length; None where a row has none."""


def from_rows(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Return rows as columns: every name that a row has, in the order of first use."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {str(name): [row.get(name) for row in rows] for name in names}


def to_rows(columns: Columns) -> list[dict[str, Any]]:
    """Return columns as rows."""
    names = list(columns)
    return [dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def number_of_rows(columns: Columns) -> int:
    """Return the number of rows."""
    return len(next(iter(columns.values()), ()))


def taken(columns: Columns, places: Sequence[int]) -> Columns:
    """Return some rows, by their places."""
    return {name: [values[place] for place in places] for name, values in columns.items()}


def column(columns: Columns, name: str, where: str) -> list[Any]:
    """Return a column; raises BadTable, naming those that are there."""
    if name not in columns:
        there = ", ".join(columns) or "none: the file has no rows"
        raise BadTable(f"{where}: no column '{name}'; the columns are {there}")
    return columns[name]


def texts_in(columns: Columns, name: str, where: str) -> list[str]:
    """Return a column as texts; raises BadTable where it holds lists or objects."""
    values = column(columns, name, where)
    for row, value in enumerate(values, start=1):
        if type(value) is not str and isinstance(value, list | tuple | Mapping):
            kind = "an object" if isinstance(value, Mapping) else "a list"
            raise BadTable(
                f"{where}: row {row}: '{name}' holds {kind}, not a text: name what is wanted of it "
                f"with the transform fields, or make rows of it with explode"
            )
    return as_texts(values)


def value_at(row: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path with points, such as idks.no-answer; None if there is none.

    A number is the place in a list, from 0.
    """
    if path in row:
        return row[path]
    value: Any = row
    for part in path.split("."):
        if isinstance(value, list):
            value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
    return value


def as_text(value: Any) -> str:
    """Return a value as text: 3.0 as 3, a truth value as true or false, nothing as empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def as_texts(values: Iterable[Any]) -> list[str]:
    """Return values as texts."""
    return [value if type(value) is str else as_text(value) for value in values]
