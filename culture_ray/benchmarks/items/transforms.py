"""Transforms: from the rows of a published file to rows of items, each one declared in the file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from culture_ray.benchmarks.design.placeholders import filled, placeholders
from culture_ray.benchmarks.design.source import Transform
from culture_ray.benchmarks.items.columns import (
    Columns,
    as_text,
    as_texts,
    column,
    from_rows,
    number_of_rows,
    taken,
    to_rows,
    value_at,
)
from culture_ray.benchmarks.items.right_answers import votes
from culture_ray.errors import BadTable, UnknownName, WrongValue

Joined = Callable[[str], Columns]
"""Reader of a second file, by its pattern."""
NESTED = ("entries", "rows")
"""Transforms that find the rows in the content of a JSON file."""


def rows_of(content: Any, transform: Transform | None, where: str) -> Columns:
    """Return the rows in the content of a JSON file: an entry per id, or a field with a list.

    Raises BadTable.
    """
    if transform is None:
        return from_rows(content)
    name = transform.arguments
    if not isinstance(name, str):
        raise WrongValue(transform.key, dict(name), "a name")
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
        if transform.name == "join":
            columns = _join(columns, transform, where, joined)
        elif transform.name not in NESTED:
            columns = _TRANSFORMS[transform.name](columns, transform, where)
    return columns


def _by_column(transform: Transform) -> Mapping[str, Any]:
    if not isinstance(transform.arguments, Mapping):
        raise WrongValue(transform.key, transform.arguments, "a mapping, as in {column: value}")
    return {str(name): value for name, value in transform.arguments.items()}


def _arguments(transform: Transform, *names: str, optional: Sequence[str] = ()) -> dict[str, Any]:
    arguments = _by_column(transform)
    for name in arguments:
        if name not in (*names, *optional):
            raise UnknownName("key", name, (*names, *optional), where=transform.key)
    for name in names:
        if name not in arguments:
            raise WrongValue(f"{transform.key}.{name}", None, "a value: the key is missing")
    return dict(arguments)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _filter(columns: Columns, transform: Transform, where: str) -> Columns:
    """Keep the rows with one of the values in every column, or without any of them."""
    keep = transform.name == "keep"
    places: Sequence[int] = range(number_of_rows(columns))
    for name, wanted in _by_column(transform).items():
        values = as_texts(column(columns, name, where))
        allowed = set(as_texts(_listed(wanted)))
        places = [place for place in places if (values[place] in allowed) == keep]
        if keep and not places:
            there = ", ".join(sorted(set(values))[:8])
            raise BadTable(
                f"{where}: no row has {name} {' or '.join(sorted(allowed))} ({transform.key}); "
                f"the values are {there}"
            )
    return taken(columns, places)


def _drop_where(columns: Columns, transform: Transform, where: str) -> Columns:
    arguments = _arguments(transform, "sum", "at_least")
    paths, bound = _listed(arguments["sum"]), float(arguments["at_least"])
    rows = to_rows(columns)
    numbers = [[value_at(row, str(path)) for path in paths] for row in rows]
    if all(number is None for own in numbers for number in own):
        raise BadTable(
            f"{where}: no row has a number in {', '.join(map(str, paths))} ({transform.key}); the "
            f"columns are {', '.join(columns)}"
        )
    sums = [sum(float(number or 0) for number in own) for own in numbers]
    places = [place for place, total in enumerate(sums) if total < bound]
    return taken(columns, places)


def _replace(columns: Columns, transform: Transform, where: str) -> Columns:
    replaced = dict(columns)
    for name, values in _by_column(transform).items():
        if not isinstance(values, Mapping):
            raise WrongValue(f"{transform.key}.{name}", values, "new values by present ones")
        new = {as_text(old): value for old, value in values.items()}
        present = column(columns, name, where)
        replaced[name] = [new.get(as_text(value), value) for value in present]
    return replaced


def _compose(columns: Columns, transform: Transform, where: str) -> Columns:
    composed = dict(columns)
    for name, text in _by_column(transform).items():
        if not isinstance(text, str):
            raise WrongValue(f"{transform.key}.{name}", text, "a text with {column} in it")
        parts = {part: as_texts(column(composed, part, where)) for part in placeholders(text)}
        composed[name] = [
            filled(text, {part: values[place] for part, values in parts.items()})
            for place in range(number_of_rows(composed))
        ]
    return composed


def _parse(columns: Columns, transform: Transform, where: str) -> Columns:
    names = _listed(transform.arguments)
    parsed = dict(columns)
    for name in map(str, names):
        try:
            parsed[name] = [
                json.loads(value) if isinstance(value, str) else value
                for value in column(columns, name, where)
            ]
        except ValueError as problem:
            raise BadTable(
                f"{where}: '{name}' holds no JSON ({transform.key}): {problem}"
            ) from None
    return parsed


def _fields(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return new columns; {path} within a path is replaced by the value at it."""
    rows, added = to_rows(columns), dict(columns)
    for name, path in _by_column(transform).items():
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


def _digest(columns: Columns, transform: Transform, where: str) -> Columns:
    added = dict(columns)
    for name, others in _by_column(transform).items():
        parts = [as_texts(column(columns, str(other), where)) for other in _listed(others)]
        added[name] = [
            hashlib.sha256("\x1f".join(own).encode()).hexdigest()[:12]
            for own in zip(*parts, strict=True)
        ]
    return added


def _split(columns: Columns, transform: Transform, where: str) -> Columns:
    split = dict(columns)
    for name, separator in _by_column(transform).items():
        if not isinstance(separator, str) or not separator:
            raise WrongValue(f"{transform.key}.{name}", separator, "a separator")
        split[name] = [
            [part.strip() for part in value.split(separator) if part.strip()]
            for value in as_texts(column(columns, name, where))
        ]
    return split


def _collect(columns: Columns, transform: Transform, where: str) -> Columns:
    arguments = _arguments(transform, "by", "columns")
    keys = [column(columns, str(name), where) for name in _listed(arguments["by"])]
    lists = [str(name) for name in _listed(arguments["columns"])]
    for name in lists:
        column(columns, name, where)
    places: dict[tuple[Any, ...], list[int]] = {}
    for place, key in enumerate(zip(*keys, strict=True)):
        places.setdefault(key, []).append(place)
    collected = taken(columns, [own[0] for own in places.values()])
    for name in lists:
        collected[name] = [[columns[name][place] for place in own] for own in places.values()]
    return collected


def _explode(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return one row per entry of a list; fields of an entry that is an object become columns."""
    name = transform.arguments
    if not isinstance(name, str):
        raise WrongValue(transform.key, dict(name), "a column")
    column(columns, name, where)
    exploded: list[dict[str, Any]] = []
    for row in to_rows(columns):
        for place, entry in enumerate(row[name] or ()):
            own = entry if isinstance(entry, Mapping) else {name: entry}
            exploded.append({**row, f"{name}_place": place, **own})
    return from_rows(exploded)


def _join(columns: Columns, transform: Transform, where: str, joined: Joined) -> Columns:
    arguments = _arguments(transform, "file", "on", optional=("columns",))
    other, on = joined(str(arguments["file"])), str(arguments["on"])
    place = f"{where}, {arguments['file']}"
    places = {as_text(value): row for row, value in enumerate(column(other, on, place))}
    wanted = _listed(arguments.get("columns") or [name for name in other if name not in columns])
    rows = [places.get(as_text(value)) for value in column(columns, on, where)]
    added: Columns = {
        str(name): [None if row is None else column(other, str(name), place)[row] for row in rows]
        for name in wanted
    }
    return {**columns, **added}


def _votes(columns: Columns, transform: Transform, where: str) -> Columns:
    arguments = _arguments(transform, "from", "texts", optional=("count", "minimum"))
    texts = [str(name) for name in _listed(arguments["texts"])]
    count = str(arguments.get("count") or "")
    lists = column(columns, str(arguments["from"]), where)
    minimum = float(arguments.get("minimum") or 0)
    found = [votes(entries or (), texts, count, minimum) for entries in lists]
    kept = [place for place, answers in enumerate(found) if answers]
    answers: Columns = {
        "answers": [[text for text, _ in found[place]] for place in kept],
        "weights": [[weight for _, weight in found[place]] for place in kept],
    }
    return taken(columns, kept) | answers


_TRANSFORMS: Mapping[str, Callable[[Columns, Transform, str], Columns]] = {
    "keep": _filter,
    "drop": _filter,
    "drop_where": _drop_where,
    "replace": _replace,
    "compose": _compose,
    "parse": _parse,
    "fields": _fields,
    "digest": _digest,
    "split": _split,
    "collect": _collect,
    "explode": _explode,
    "votes": _votes,
}
