"""Reader of the texts of one language file, which checks each and counts those not reviewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from culture_ray.errors import WrongValue
from culture_ray.prompts.text_checks import check_braces, check_readable
from culture_ray.survey.fields import Fields

_ENTRY = ("text", "made_by", "reviewed", "digest", "problems")
"""Keys of a text that is a mapping; the last two are written by translate and vary."""


@dataclass
class TextReader:
    """Reader of the texts of one language, which counts those not reviewed."""

    language: str
    reviewed: bool
    unreviewed: int = field(default=0, init=False)

    def take(self, entry: Fields, name: str | int, place: str, slots: Sequence[str] = ()) -> str:
        """Return one text; its placeholders must be exactly `slots`."""
        value: Any = entry.values.get(name)
        reviewed = self.reviewed
        if isinstance(value, Mapping):
            fields = Fields.of(value, entry.at(name)).known(_ENTRY)
            value, reviewed = fields.values.get("text"), fields.flag("reviewed", self.reviewed)
        if not isinstance(value, str):
            raise WrongValue(entry.at(name), value, "a text")
        check_readable(place, value)
        check_braces(place, value, slots)
        self.unreviewed += not reviewed
        return value.strip()

    def take_all(self, entry: Fields, place: str, slots: Sequence[str] = ()) -> dict[str, str]:
        """Return the texts of a mapping by id; raises WrongValue if it is empty."""
        if not entry.values:
            raise WrongValue(entry.key, {}, "at least one text")
        for name in entry.values:
            if not isinstance(name, str):
                raise WrongValue(entry.key, name, "ids that are strings, such as t01 or w1")
        return {name: self.take(entry, name, f"{place} {name}", slots) for name in entry.values}
