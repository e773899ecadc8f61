"""Transforms of values: columns from other columns of the same row."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from culture_ray.benchmarks.design.placeholders import filled, placeholders
from culture_ray.benchmarks.design.source import Transform
from culture_ray.benchmarks.items.columns import (
    Columns,
    as_text,
    as_texts,
    column,
    number_of_rows,
    to_rows,
    value_at,
)
from culture_ray.benchmarks.items.transforms.arguments import by_column, listed
from culture_ray.benchmarks.items.transforms.literals import said_by
from culture_ray.errors import IN_QUOTES, BadTable, WrongValue


def replace(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return other values of a column, by its present values."""
    replaced = dict(columns)
    for name, values in by_column(transform).items():
        if not isinstance(values, Mapping):
            raise WrongValue(f"{transform.key}.{name}", values, "new values by present ones")
        present = column(columns, name, where)
        new = {as_text(old): value for old, value in values.items()}
        read_as_flags = [old for old in values if isinstance(old, bool)]
        if read_as_flags and not {as_text(o) for o in read_as_flags} & set(as_texts(present)):
            raise WrongValue(
                f"{transform.key}.{name}", read_as_flags[0], f"a value of the column ({IN_QUOTES})"
            )
        replaced[name] = [new.get(as_text(value), value) for value in present]
    return replaced


def compose(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return new columns from a text with {column} in it."""
    composed = dict(columns)
    for name, text in by_column(transform).items():
        if not isinstance(text, str):
            raise WrongValue(f"{transform.key}.{name}", text, "a text with {column} in it")
        parts = {part: as_texts(column(composed, part, where)) for part in placeholders(text)}
        composed[name] = [
            filled(text, {part: values[place] for part, values in parts.items()})
            for place in range(number_of_rows(composed))
        ]
    return composed


def parse(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return columns of texts that hold JSON or a Python list or dict as what the texts say."""
    names = listed(transform.arguments)
    parsed = dict(columns)
    for name in map(str, names):
        values = column(columns, name, where)
        parsed[name] = []
        for row, value in enumerate(values, start=1):
            try:
                parsed[name].append(said_by(value) if isinstance(value, str) else value)
            except ValueError as problem:
                raise BadTable(
                    f"{where}: row {row}: '{name}' holds no JSON and no Python list "
                    f"({transform.key}): {problem}"
                ) from None
    return parsed


def fields(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return new columns; {path} within a path is replaced by the value at it."""
    rows, added = to_rows(columns), dict(columns)
    for name, path in by_column(transform).items():
        values = [value_at(row, _resolved(str(path), row)) for row in rows]
        if rows and all(value is None for value in values):
            raise BadTable(
                f"{where}: no row has '{path}' ({transform.key}); the columns are "
                f"{', '.join(columns)}"
            )
        added[name] = values
    return added


def _resolved(path: str, row: Mapping[str, Any]) -> str:
    return re.sub(r"\{([^{}]+)\}", lambda inner: as_text(value_at(row, inner[1])), path)


def digest(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return new columns with a short hash of others."""
    added = dict(columns)
    for name, others in by_column(transform).items():
        parts = [as_texts(column(columns, str(other), where)) for other in listed(others)]
        added[name] = [
            hashlib.sha256("\x1f".join(own).encode()).hexdigest()[:12]
            for own in zip(*parts, strict=True)
        ]
    return added


def split(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return columns of texts as lists, cut at a separator."""
    split = dict(columns)
    for name, separator in by_column(transform).items():
        if not isinstance(separator, str) or not separator:
            raise WrongValue(f"{transform.key}.{name}", separator, "a separator")
        split[name] = [
            [part.strip() for part in value.split(separator) if part.strip()]
            for value in as_texts(column(columns, name, where))
        ]
    return split
