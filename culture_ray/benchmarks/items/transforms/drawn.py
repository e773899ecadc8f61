"""Transform draw: wrong options for items that are published with the right one alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from culture_ray.benchmarks.design.source import Transform
from culture_ray.benchmarks.items.columns import Columns, as_texts, column
from culture_ray.benchmarks.items.transforms.arguments import arguments_of, listed
from culture_ray.errors import BadTable, WrongValue


def draw(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return a new column with a right option and others drawn from a list, in a drawn order.

    The list is `of`: entries, or {column: NAME} for all values of a column, of which those of rows
    that share a value of the column `like` come first where they are enough. The draw is a hash of
    the row's key, so that it is the same in every run. Neither the right option nor those of the
    column `without` are drawn as wrong ones.
    """
    needed = ("column", "right", "key", "others", "of")
    arguments = arguments_of(transform, *needed, optional=("without", "like"))
    keys = as_texts(column(columns, str(arguments["key"]), where))
    others = arguments["others"]
    if isinstance(others, bool) or not isinstance(others, int) or others < 1:
        raise WrongValue(f"{transform.key}.others", others, "a whole number of at least 1")
    pools = _pools(columns, transform, where)
    rights = as_texts(column(columns, str(arguments["right"]), where))
    left_out = column(columns, str(arguments.get("without", arguments["right"])), where)
    drawn = []
    for place, (key, right) in enumerate(zip(keys, rights, strict=True)):
        if not right:
            raise BadTable(f"{where}: {key} has no right option in '{arguments['right']}'")
        never = {right, *as_texts(listed(left_out[place]))}
        for pool in pools[place]:
            wrong = _shuffled([one for one in pool if one not in never], key)
            if len(wrong) >= others:
                break
        else:
            raise BadTable(
                f"{where}: {key} leaves {len(wrong)} of {len(pool)} entries of {transform.key}.of "
                f"to draw {others} wrong options from: give more, or leave the row out"
            )
        drawn.append(_shuffled([right, *wrong[:others]], f"order {key}"))
    return {**columns, str(arguments["column"]): drawn}


def _pools(columns: Columns, transform: Transform, where: str) -> list[list[Sequence[str]]]:
    """Return the lists to draw from for every row, the preferred one first."""
    arguments = arguments_of(transform, "of", optional=(*_ARGUMENTS,))
    size = len(next(iter(columns.values()), ()))
    if not isinstance(arguments["of"], Mapping):
        if "like" in arguments:
            raise WrongValue(f"{transform.key}.like", arguments["like"], "of: {column: NAME}")
        return [[tuple(dict.fromkeys(as_texts(listed(arguments["of"]))))]] * size
    if list(arguments["of"]) != ["column"]:
        raise WrongValue(f"{transform.key}.of", dict(arguments["of"]), "{column: NAME} or a list")
    values = [
        as_texts(listed(one)) for one in column(columns, str(arguments["of"]["column"]), where)
    ]
    whole = _distinct(values)
    if "like" not in arguments:
        return [[whole]] * size
    shared = [as_texts(listed(one)) for one in column(columns, str(arguments["like"]), where)]
    own: dict[str, list[list[str]]] = {}
    for entries, names in zip(values, shared, strict=True):
        for name in names:
            own.setdefault(name, []).append(entries)
    near = {name: _distinct(lists) for name, lists in own.items()}
    return [[_distinct([near[name] for name in names]), whole] for names in shared]


def _distinct(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry for own in lists for entry in own if entry))


def _shuffled(entries: Sequence[str], key: str) -> list[str]:
    return sorted(entries, key=lambda one: hashlib.sha256(f"{key}\x1f{one}".encode()).digest())


_ARGUMENTS = ("column", "right", "key", "others", "without", "like")
