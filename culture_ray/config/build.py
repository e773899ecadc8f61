"""Validation of plain values against annotations; a wrong key, type or value is a one-line error.

Annotations state the type and the range: `Annotated[int, Ge(1)]`. Pydantic checks them, unknown
keys are forbidden, and the first error is raised as one of the project's own.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from culture_ray.config.annotations import entry_type, expected_value, field_types
from culture_ray.errors import IN_QUOTES, NoValue, UnknownName, UserError, WrongValue

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

T = TypeVar("T")

_UNKNOWN_KEY = ("unexpected_keyword_argument", "invalid_key")


def build(cls: type[T], content: object, key: str) -> T:
    """Return dataclass `cls` filled from the mapping that stands at `key`.

    Raises UnknownName for a key the class lacks, WrongValue for a missing or unfitting value.
    """
    built: T = convert(cls, content, key)
    return built


def convert(annotation: Any, value: object, key: str) -> Any:
    """Return `value` as the annotation's type; `key` is its place in the configuration.

    Raises UnknownName and WrongValue as `build` does.
    """
    from pydantic import ValidationError

    try:
        return _adapter(annotation).validate_python({key: value})[key]
    except ValidationError as error:
        raise _first_problem(annotation, error.errors(include_url=False)) from None


@lru_cache(maxsize=256)
def _adapter(annotation: Any) -> TypeAdapter[dict[str, Any]]:
    from pydantic import ConfigDict, TypeAdapter

    # A dataclass takes no configuration here, but inherits that of the mapping it stands in.
    return TypeAdapter(dict[str, annotation], config=ConfigDict(extra="forbid"))


def _first_problem(annotation: Any, problems: list[ErrorDetails]) -> UserError:
    """Return the first unknown key, which may be why another is missing, else the first error."""
    unknown = [problem for problem in problems if problem["type"] in _UNKNOWN_KEY]
    problem = (unknown or problems)[0]
    key, *path = problem["loc"]
    places, types = [str(key)], [annotation]
    for part in path:
        inner = entry_type(types[-1], part)
        if inner is None:  # the name of a union's member, or the end of what is annotated
            break
        places.append(str(part))
        types.append(inner)
    place = ".".join(part for part in places if part)
    if unknown:
        prefix = f"{place}." if place else ""
        known = [f"{prefix}{name}" for name in field_types(types[-1])]
        return UnknownName("key", f"{prefix}{path[-1]}", known)
    if problem["type"] == "missing":
        return NoValue(place)
    expected = expected_value(types[-1], problem)
    if problem["type"] == "string_type" and isinstance(problem["input"], bool):
        expected = f"{expected} ({IN_QUOTES})"
    return WrongValue(place, problem["input"], expected)
