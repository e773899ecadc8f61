"""Arguments of a transform, as written in a benchmark's file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from culture_ray.benchmarks.design.source import Transform
from culture_ray.errors import IN_QUOTES, NoValue, UnknownName, WrongValue


def one_column(transform: Transform) -> str:
    """Return the column that a transform names; raises WrongValue."""
    if not isinstance(transform.arguments, str):
        raise WrongValue(transform.key, dict(transform.arguments), "a column")
    return transform.arguments


def by_column(transform: Transform) -> Mapping[str, Any]:
    """Return the argument of each column; raises WrongValue."""
    if not isinstance(transform.arguments, Mapping):
        raise WrongValue(transform.key, transform.arguments, "a mapping, as in {column: value}")
    names: list[object] = list(transform.arguments)  # YAML reads a bare on as true
    for name in names:
        if isinstance(name, bool):
            raise WrongValue(transform.key, name, f"a name ({IN_QUOTES})")
    return {str(name): value for name, value in transform.arguments.items()}


def arguments_of(transform: Transform, *names: str, optional: Sequence[str] = ()) -> dict[str, Any]:
    """Return arguments by name; raises WrongValue for a missing, UnknownName for another one."""
    arguments = by_column(transform)
    for name in arguments:
        if name not in (*names, *optional):
            raise UnknownName("key", name, (*names, *optional), where=transform.key)
    for name in names:
        if name not in arguments:
            raise NoValue(f"{transform.key}.{name}")
    return dict(arguments)


def listed(value: Any) -> list[Any]:
    """Return a list, or a single value as one."""
    return list(value) if isinstance(value, list | tuple) else [value]
