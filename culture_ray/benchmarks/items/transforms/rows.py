"""Transforms of rows: which are kept, several rows as one, one as several, and their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from culture_ray.benchmarks.design.source import Transform
from culture_ray.benchmarks.items.columns import (
    Columns,
    as_texts,
    column,
    from_rows,
    number_of_rows,
    taken,
    to_rows,
    value_at,
)
from culture_ray.benchmarks.items.transforms.arguments import (
    arguments_of,
    by_column,
    listed,
    one_column,
)
from culture_ray.errors import IN_QUOTES, BadTable, WrongValue


def keep_or_drop(columns: Columns, transform: Transform, where: str) -> Columns:
    """Keep the rows with one of the values in every column, or without any of them."""
    keep = transform.name == "keep"
    places: Sequence[int] = range(number_of_rows(columns))
    for name, wanted in by_column(transform).items():
        values = as_texts(column(columns, name, where))
        allowed = set(as_texts(listed(wanted)))
        if any(isinstance(one, bool) for one in listed(wanted)) and not allowed & set(values):
            raise WrongValue(
                f"{transform.key}.{name}", wanted, f"values of the column ({IN_QUOTES})"
            )
        places = [place for place in places if (values[place] in allowed) == keep]
        if keep and not places:
            there = ", ".join(sorted(set(values))[:8])
            raise BadTable(
                f"{where}: no row has {name} {' or '.join(sorted(allowed))} ({transform.key}); "
                f"the values are {there}"
            )
    return taken(columns, places)


def drop_where(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return the rows in which the sum of numeric fields is below a bound."""
    arguments = arguments_of(transform, "sum", "at_least")
    paths, bound = listed(arguments["sum"]), float(arguments["at_least"])
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


def collect(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return one row per key, with the values of some columns as lists."""
    arguments = arguments_of(transform, "by", "columns")
    keys = [column(columns, str(name), where) for name in listed(arguments["by"])]
    lists = [str(name) for name in listed(arguments["columns"])]
    for name in lists:
        column(columns, name, where)
    places: dict[tuple[Any, ...], list[int]] = {}
    for place, key in enumerate(zip(*keys, strict=True)):
        places.setdefault(key, []).append(place)
    collected = taken(columns, [own[0] for own in places.values()])
    for name in lists:
        collected[name] = [[columns[name][place] for place in own] for own in places.values()]
    return collected


def explode(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return one row per entry of a list or mapping; fields of an entry that is an object become
    columns.

    The column NAME_place has the entry's place in the list, or its key in the mapping.
    """
    name = one_column(transform)
    exploded: list[dict[str, Any]] = []
    for row, whole in zip(to_rows(columns), column(columns, name, where), strict=True):
        if isinstance(whole, str):
            raise BadTable(
                f"{where}: '{name}' holds texts such as '{whole[:40]}', not lists "
                f"({transform.key}): make lists of them with the transform split or parse"
            )
        entries = whole.items() if isinstance(whole, Mapping) else enumerate(whole or ())
        for place, entry in entries:
            own = entry if isinstance(entry, Mapping) else {name: entry}
            exploded.append({**row, f"{name}_place": place, **own})
    return from_rows(exploded)


def number(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return a new column with the number of each row, from the given first one.

    It is the key of published files whose rows belong together by their order.
    """
    added = dict(columns)
    for name, first in by_column(transform).items():
        if isinstance(first, bool) or not isinstance(first, int):
            raise WrongValue(
                f"{transform.key}.{name}", first, "the number of the first row: 0 or 1"
            )
        added[name] = list(range(first, first + number_of_rows(columns)))
    return added
