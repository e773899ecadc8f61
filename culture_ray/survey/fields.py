"""Typed access to a mapping read from YAML; errors name the whole key.

Used for topic catalogues, names and language files, whose layouts differ from the dataclasses
built from them: a text may be plain or a mapping, a topic's scale lies flat in its entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from culture_ray.errors import IN_QUOTES, LacksKeys, NoValue, UnknownName, WrongValue

_ABSENT = object()


@dataclass(frozen=True)
class Fields:
    """A mapping and its key in the configuration.

    Every method raises WrongValue, naming the whole key, if the value is missing or of another
    type; `known` raises UnknownName.
    """

    values: Mapping[Any, Any]
    key: str

    @classmethod
    def of(cls, value: object, key: str) -> Fields:
        """Return the fields of `value`; raises WrongValue unless it is a mapping."""
        if not isinstance(value, Mapping):
            raise WrongValue(key, value, "a mapping of names to values")
        for name in value:
            if isinstance(name, bool):
                raise WrongValue(key, name, f"a name ({IN_QUOTES})")
        return cls(value, key)

    def at(self, name: object) -> str:
        """Return the whole key of one field."""
        return f"{self.key}.{name}" if self.key else str(name)

    def known(self, names: Iterable[str]) -> Fields:
        """Return these fields; raises UnknownName for a field that is not among `names`."""
        allowed = set(names)
        for name in self.values:
            if name not in allowed:
                raise UnknownName("key", str(name), allowed, where=self.key)
        return self

    def needed(self, names: Iterable[str]) -> Fields:
        """Return these fields; raises LacksKeys with all `names` that are missing."""
        missing = [name for name in names if name not in self.values]
        if missing:
            raise LacksKeys(self.key, missing)
        return self

    def text(self, name: object, default: object = _ABSENT) -> str:
        """Return a text that is not blank."""
        value = self._value(name, default)
        if isinstance(value, bool):
            raise WrongValue(self.at(name), value, f"a text ({IN_QUOTES})")
        if not isinstance(value, str):
            raise WrongValue(self.at(name), value, "a text")
        if not value.strip() and value is not default:
            raise WrongValue(self.at(name), value, "a text that is not blank")
        return value

    def whole_number(self, name: str) -> int:
        """Return a whole number."""
        value = self._value(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise WrongValue(self.at(name), value, "a whole number")
        return value

    def flag(self, name: str, default: object = _ABSENT) -> bool:
        """Return true or false."""
        value = self._value(name, default)
        if not isinstance(value, bool):
            raise WrongValue(self.at(name), value, "true or false")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """Return a finite number."""
        value = self._value(name, _ABSENT if default is None else default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise WrongValue(self.at(name), value, "a number")
        return float(value)

    def texts(self, name: object, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return a list of distinct texts; a single text is a list of one."""
        if default is not None and self.values.get(name) is None:
            return default
        value = self._value(name)
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list | tuple) or not items:
            raise WrongValue(self.at(name), value, "a list of texts")
        entries = Fields(dict(enumerate(items)), self.at(name))
        found = tuple(entries.text(index) for index in range(len(items)))
        if len(set(found)) != len(found):
            raise WrongValue(self.at(name), value, "a list without duplicates")
        return found

    def by_name(self, name: str) -> dict[str, str]:
        """Return a mapping of names to texts; an absent or null one is empty."""
        if self.values.get(name) is None:
            return {}
        fields = self.nested(name)
        return {fields.name(key): fields.text(key) for key in fields.values}

    def name(self, key: object) -> str:
        """Return a key of these fields as a name."""
        if isinstance(key, bool):
            expected = "names (in quotes: YAML reads a bare yes, no, on or off as true or false)"
            raise WrongValue(self.key, key, expected)
        return str(key)

    def one_of(self, name: str, choices: Iterable[str], default: object = _ABSENT) -> str:
        """Return one of the texts in `choices`."""
        allowed = tuple(choices)
        value = self.text(name, default)
        if value not in allowed:
            raise WrongValue(self.at(name), value, "one of " + ", ".join(allowed))
        return value

    def has(self, name: str) -> bool:
        """Return True if the field is there and not null."""
        return self.values.get(name) is not None

    def codes(self, name: str, default: object = _ABSENT) -> tuple[int, ...]:
        """Return a list of distinct whole numbers."""
        value = self._value(name, default)
        whole = isinstance(value, list | tuple) and all(type(item) is int for item in value)
        if not whole or len(set(value)) != len(value):
            raise WrongValue(self.at(name), value, "a list of distinct whole numbers")
        return tuple(value)

    def nested(self, name: str) -> Fields:
        """Return the fields of a mapping within this one."""
        return Fields.of(self._value(name), self.at(name))

    def _value(self, name: object, default: object = _ABSENT) -> Any:
        if name in self.values:
            return self.values[name]
        if default is _ABSENT:
            raise NoValue(self.at(name))
        return default
