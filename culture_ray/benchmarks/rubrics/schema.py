"""JSON schema of a judge's rating, made from the fields of a rubric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from culture_ray.benchmarks.design.rubric import Rubric, RubricField

MOST_ENTRIES = 50
"""Most entries of a list."""


def rating_schema(rubric: Rubric, *, strict: bool = False) -> dict[str, Any]:
    """Return the JSON schema of a rating: every field, in the order of the rubric, and no other.

    With `strict` it has no bounds of lists, which some providers refuse; they are checked when the
    rating is read.
    """
    return _object(rubric.fields, strict)


def _object(fields: Sequence[RubricField], strict: bool) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {field.name: _field(field, strict) for field in fields},
        "required": [field.name for field in fields],
        "additionalProperties": False,
    }


def _field(field: RubricField, strict: bool) -> dict[str, Any]:
    match field.kind:
        case "one_of":
            return {"type": "string", "enum": list(field.values)}
        case "number":
            # An enumeration: providers with strict schemas do not all accept bounds of numbers.
            return {"type": "integer", "enum": list(range(field.lowest, field.highest + 1))}
        case "flag":
            return {"type": "boolean"}
        case "list":
            bounds = {} if strict else {"maxItems": MOST_ENTRIES}
            return {"type": "array", "items": _object(field.fields, strict), **bounds}
    return {"type": "string"}
