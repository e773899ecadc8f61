"""Rating that a judge gave, parsed and checked against its rubric."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from culture_ray.benchmarks.design.rubric import Rubric, RubricField
from culture_ray.benchmarks.rubrics.schema import MOST_ENTRIES
from culture_ray.judging.parse import Unparsable


class OutsideRubric(Exception):
    """Value that a rubric does not allow, or a field that is missing; its text is the reason."""


@dataclass(frozen=True)
class RubricRating:
    """Values of all fields of a rubric for one answer."""

    values: Mapping[str, Any]

    def at(self, path: str) -> tuple[str | int | bool, ...]:
        """Return the values at a path such as references.culture: one, or one per entry."""
        found: list[Any] = [self.values]
        for name in path.split("."):
            found = [one[name] for one in found]
            if found and isinstance(found[0], list):
                found = [entry for one in found for entry in one]
        return tuple(found)


def parse_rating(raw: str, rubric: Rubric) -> RubricRating | Unparsable:
    """Return the rating in a judge's answer, or the reason why there is none; never raises.

    Of several objects with the rubric's fields, such as a draft and the answer, the last counts. A
    rating that is cut off, lacks a field or has a value outside the rubric is unparsable as a
    whole, so that no reference is lost unnoticed.
    """
    names = {field.name for field in rubric.fields}
    found = [value for value in _objects(raw) if names & value.keys()]
    if not found:
        shown = " ".join(raw.split())[:80]
        return Unparsable(f"no whole JSON object in the judge's answer: {shown}" if shown else
                          "the judge's answer is empty")  # fmt: skip
    try:
        return RubricRating(rating_values(found[-1], rubric.fields))
    except OutsideRubric as problem:
        return Unparsable(str(problem))


def rating_values(
    given: Mapping[str, Any], fields: Sequence[RubricField], before: str = ""
) -> dict[str, Any]:
    """Return the values of the fields, in the rubric's own spelling.

    Raises OutsideRubric for a missing field or a value outside the rubric, in a short sentence.
    """
    return {field.name: _value(given, field, f"{before}{field.name}") for field in fields}


def _value(given: Mapping[str, Any], field: RubricField, path: str) -> Any:
    if field.name not in given:
        raise OutsideRubric(f'"{path}" is missing')
    value = given[field.name]
    match field.kind:
        case "one_of":
            known = {one.casefold(): one for one in field.values}
            found = known.get(value.strip().casefold()) if isinstance(value, str) else None
            if found is None:
                raise OutsideRubric(f'"{path}" is {value!r}, not one of {", ".join(field.values)}')
            return found
        case "number":
            number = int(value) if isinstance(value, str) and value.strip().isdecimal() else value
            whole = isinstance(number, int | float) and not isinstance(number, bool)
            if not whole or number != int(number):
                raise OutsideRubric(f'"{path}" is {value!r}, not a whole number')
            if not field.lowest <= number <= field.highest:
                raise OutsideRubric(
                    f'"{path}" is {value}, not between {field.lowest} and {field.highest}'
                )
            return int(number)
        case "flag":
            if not isinstance(value, bool):
                raise OutsideRubric(f'"{path}" is {value!r}, not true or false')
            return value
        case "list":
            if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
                raise OutsideRubric(f'"{path}" is not a list of objects')
            if len(value) > MOST_ENTRIES:
                raise OutsideRubric(f'"{path}" has {len(value)} entries, more than {MOST_ENTRIES}')
            return [rating_values(one, field.fields, f"{path}.") for one in value]
    if not isinstance(value, str):
        raise OutsideRubric(f'"{path}" is {value!r}, not a text')
    return value


def _objects(raw: str) -> Iterator[dict[str, Any]]:
    """Yield the whole JSON objects of a text that are not inside another one."""
    end = 0
    for match in re.finditer(r'\{\s*["}]', raw):
        if match.start() < end:
            continue
        try:
            value, end = _DECODER.raw_decode(raw, match.start())
        except (ValueError, RecursionError):
            # What follows is inside an object that is cut off or broken.
            return
        yield value


_DECODER = json.JSONDecoder()
