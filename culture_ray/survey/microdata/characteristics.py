"""Coarse characteristics of respondents, such as gender and age group, from a survey's mapping."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from culture_ray.errors import WrongValue
from culture_ray.survey.fields import Fields

Index = npt.NDArray[np.int64]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CATEGORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+-]*")


@dataclass(frozen=True)
class Characteristic:
    """Column of a survey's file, and the coarse categories that its values are put into.

    `categories` holds the codes of each category; `ranges` the lowest number of each range of a
    column of numbers, such as ages. One of them is empty. Numbers above `highest` are no answers.
    """

    name: str
    column: str
    categories: Mapping[str, tuple[str, ...]]
    ranges: tuple[int, ...]
    highest: float = np.inf

    @property
    def names(self) -> tuple[str, ...]:
        """Return the categories in their order: 18-29, ..., 65+ for ranges."""
        if not self.ranges:
            return tuple(self.categories)
        closed = [f"{low}-{above - 1}" for low, above in pairwise(self.ranges)]
        return (*closed, f"{self.ranges[-1]}+")

    def of(self, values: Sequence[str], index: Index) -> Index:
        """Return the index of each respondent's category (N,); -1 for a value in none.

        Respondent i has the label `values[index[i]]`, and none for an index of -1.
        """
        if self.ranges:
            found = [self._in_range(value) for value in values]
        else:
            category = {
                code: nth for nth, codes in enumerate(self.categories.values()) for code in codes
            }
            found = [category.get(value, -1) for value in values]
        # The last entry maps a missing label (-1) to itself.
        return np.array([*found, -1], dtype=np.int64)[index]

    def _in_range(self, value: str) -> int:
        try:
            number = float(value)
        except ValueError:
            return -1
        if number > self.highest:
            return -1
        return int(np.searchsorted(self.ranges, number, side="right")) - 1


def read_characteristics(entries: Fields) -> dict[str, Characteristic]:
    """Return the characteristics by name, in the order of the mapping.

    Raises WrongValue for a malformed entry and a code in two categories, UnknownName for a key.
    """
    found = {}
    for key in entries.values:
        name = str(key)
        if not _NAME.fullmatch(name) or name == "country":
            expected = "a name of small letters, such as age; the country is always one"
            raise WrongValue(entries.key, name, expected)
        entry = entries.nested(name).known(("column", "categories", "ranges", "highest"))
        if entry.has("categories") == entry.has("ranges"):
            raise WrongValue(entry.key, dict(entry.values), "either categories or ranges")
        ranges = entry.codes("ranges", default=())
        if ranges and (list(ranges) != sorted(ranges) or len(ranges) < 2):
            raise WrongValue(entry.at("ranges"), list(ranges), "two or more numbers that rise")
        if entry.has("highest") and not ranges:
            raise WrongValue(entry.at("highest"), entry.values["highest"], "a key beside ranges")
        highest = entry.number("highest") if entry.has("highest") else np.inf
        categories = _categories(entry.nested("categories")) if entry.has("categories") else {}
        found[name] = Characteristic(name, entry.text("column"), categories, ranges, highest)
    return found


def _categories(entry: Fields) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    used: dict[str, str] = {}
    for key, value in entry.values.items():
        name = entry.name(key)
        if not _CATEGORY.fullmatch(name):
            raise WrongValue(entry.key, name, "a name of letters, digits, - and _, such as upper")
        codes = value if isinstance(value, list | tuple) else [value]
        if not codes or any(isinstance(c, bool) or not isinstance(c, str | int) for c in codes):
            raise WrongValue(entry.at(name), value, "a list of codes, such as [1, 2]")
        found[name] = tuple(map(str, codes))
        for code in found[name]:
            if used.setdefault(code, name) != name:
                raise WrongValue(entry.at(name), code, f"a code of its own: {used[code]} has it")
    if len(found) < 2:
        raise WrongValue(entry.key, dict(entry.values), "two or more categories")
    return found
