"""Rubric of a benchmark: the fields that a judge fills in for every answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from culture_ray.errors import WrongValue
from culture_ray.survey.fields import Fields

FIELD_KINDS = ("one_of", "number", "flag", "text", "list")


@dataclass(frozen=True)
class RubricField:
    """One field of a rubric; a field `list` has fields of its own for each of its entries."""

    name: str
    kind: str
    """One of FIELD_KINDS."""
    values: tuple[str, ...] = ()
    """For one_of: the values to choose from."""
    lowest: int = 0
    """For number: whole numbers from lowest to highest."""
    highest: int = 0
    fields: tuple[RubricField, ...] = ()
    """For list: the fields of an entry."""

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the values of a field with a closed list of them as texts; empty for others."""
        if self.kind == "number":
            return tuple(str(number) for number in range(self.lowest, self.highest + 1))
        return ("true", "false") if self.kind == "flag" else self.values

    @staticmethod
    def category(value: str | int | bool) -> str:
        """Return the text of a value among the categories."""
        return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Rubric:
    """Instruction to a judge about an answer, and the fields that it fills in."""

    prompt: str
    """Instruction; {text}, {answer} and the item's fields may stand in it."""
    fields: tuple[RubricField, ...]
    gold: str = ""
    """File of answers that people have rated, for judge-check; empty for none."""

    @classmethod
    def of(cls, fields: Fields, lists: Mapping[str, tuple[str, ...]]) -> Rubric:
        """Return the rubric in a benchmark's file; raises WrongValue, UnknownName."""
        fields.known(("prompt", "fields", "gold"))
        return cls(
            prompt=fields.text("prompt"),
            fields=_fields(fields.nested("fields"), lists),
            gold=fields.text("gold", ""),
        )

    def paths(self) -> dict[str, RubricField]:
        """Return every field by its path, such as references.culture."""
        return dict(_paths(self.fields, ""))


def _paths(fields: tuple[RubricField, ...], before: str) -> list[tuple[str, RubricField]]:
    found = []
    for field in fields:
        found.append((before + field.name, field))
        found += _paths(field.fields, f"{before}{field.name}.")
    return found


def _fields(fields: Fields, lists: Mapping[str, tuple[str, ...]]) -> tuple[RubricField, ...]:
    if not fields.values:
        raise WrongValue(fields.key, {}, "at least one field")
    return tuple(_field(fields, key, lists) for key in fields.values)


def _field(fields: Fields, key: str, lists: Mapping[str, tuple[str, ...]]) -> RubricField:
    name, spec = fields.name(key), fields.nested(key).known(FIELD_KINDS)
    if len(spec.values) != 1:
        raise WrongValue(spec.key, dict(spec.values), "one of " + ", ".join(FIELD_KINDS))
    [kind] = spec.values
    match kind:
        case "one_of":
            value = spec.values[kind]
            values = lists[value] if isinstance(value, str) and value in lists else None
            return RubricField(name, kind, values=values or spec.texts(kind))
        case "number":
            lowest, highest = (*spec.codes(kind), None, None)[:2]
            if lowest is None or highest is None or lowest >= highest:
                raise WrongValue(spec.at(kind), spec.values[kind], "[lowest, highest]")
            return RubricField(name, kind, lowest=lowest, highest=highest)
        case "list":
            return RubricField(name, kind, fields=_fields(spec.nested(kind), lists))
    return RubricField(name, str(kind))
