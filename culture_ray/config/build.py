"""From plain mappings to frozen dataclasses; a wrong key, type or value is a one-line error."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from culture_ray.errors import UnknownName, WrongValue

T = TypeVar("T")


def build(cls: type[T], content: object, key: str) -> T:
    """Return dataclass `cls` filled from a mapping; `key` is where it stands, for messages.

    Raises UnknownName for a key the class lacks, WrongValue for a missing or unfitting value.
    """
    if not isinstance(content, Mapping):
        raise WrongValue(key, content, "keys and values (" + ", ".join(_names(cls)) + ")")
    for name in content:
        if name not in _names(cls):
            raise UnknownName("key", f"{key}.{name}", (f"{key}.{known}" for known in _names(cls)))
    hints = typing.get_type_hints(cls)
    values: dict[str, Any] = {}
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        place = f"{key}.{field.name}"
        if field.name in content:
            values[field.name] = convert(hints[field.name], content[field.name], place)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise WrongValue(place, None, "a value, and there is none")
    return cls(**values)


def convert(hint: Any, value: object, key: str) -> Any:
    """Return `value` as `hint` says, dataclasses within it built by `build`. Raises WrongValue."""
    inner = _dataclass_in(hint)
    if inner is not None and value is not None:
        return build(inner, value, key)
    try:
        return TypeAdapter(hint).validate_python(value)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join([key, *(str(part) for part in problem["loc"] if isinstance(part, int))])
        expected = problem["msg"].removeprefix("Input should be ")
        raise WrongValue(place, problem["input"], expected) from None


def keys_of(cls: type[Any], key: str) -> list[str]:
    """Return the whole keys of a dataclass that stands at `key`, those of nested ones too."""
    found = []
    for name, hint in typing.get_type_hints(cls).items():
        inner = _dataclass_in(hint)
        found += [f"{key}.{name}", *(keys_of(inner, f"{key}.{name}") if inner else [])]
    return found


def _names(cls: type[Any]) -> list[str]:
    return [field.name for field in dataclasses.fields(cls)]


def _dataclass_in(hint: Any) -> type[Any] | None:
    options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    for option in options:
        if isinstance(option, type) and dataclasses.is_dataclass(option):
            return option
    return None
