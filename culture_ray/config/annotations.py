"""Types and ranges that the annotations of dataclasses state."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin, get_type_hints

from annotated_types import DocInfo, Ge, Gt, Le

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_OUT_OF_RANGE = ("greater_than", "greater_than_equal", "less_than_equal", "too_short")


def field_types(annotation: Any) -> dict[str, Any]:
    """Return the annotations of a dataclass, optional or not, by field; none for other types."""
    for part in _parts(annotation):
        if isinstance(part, type) and dataclasses.is_dataclass(part):
            return get_type_hints(part, include_extras=True)
    return {}


def entry_type(annotation: Any, name: str | int) -> Any | None:
    """Return the annotation of a field, of a mapping's values or of a sequence's items.

    None where the annotated type has no entry of that name.
    """
    if fields := field_types(annotation):
        return fields.get(str(name))
    for part in _parts(annotation):
        if isinstance(get_origin(part), type):
            return [argument for argument in get_args(part) if argument is not ...][-1]
    return None


def keys_of(annotation: Any, key: str) -> list[str]:
    """Return the whole keys of a dataclass that stands at `key`, those of nested ones too."""
    found = []
    for name, inner in field_types(annotation).items():
        found += [f"{key}.{name}", *keys_of(inner, f"{key}.{name}")]
    return found


def expected_value(annotation: Any, problem: ErrorDetails) -> str:
    """Return the description of the values that an annotation allows.

    A range is described by its `doc` where it has one, else by its bounds.
    """
    if problem["type"] == "dataclass_type":
        return f"keys and values ({', '.join(field_types(annotation))})"
    if problem["type"] in ("tuple_type", "list_type"):
        return "a list, such as [A,B]"
    if problem["type"] not in _OUT_OF_RANGE:
        return problem["msg"].removeprefix("Input should be ")
    bounds = []
    for part in _parts(annotation):
        match part:
            case DocInfo():
                return part.documentation
            case Gt():
                bounds.append(f"above {part.gt}")
            case Ge():
                bounds.append(f"at least {part.ge}")
            case Le():
                bounds.append(f"at most {part.le}")
            case types.NoneType:
                bounds.append("or null")
    return ", ".join(bounds)


def _parts(annotation: Any) -> Iterator[Any]:
    """Yield the types in a union or an Annotated, each followed by its metadata."""
    if get_origin(annotation) in (Annotated, Union, types.UnionType):
        for argument in get_args(annotation):
            yield from _parts(argument)
    else:
        yield annotation
