"""Marker of one item of a list: its place, and the numbers of the people that the item is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from culture_ray.judging.lists.numerals import AND, ANY, value_of
from culture_ray.judging.vocabulary import Vocabulary

_MOST_PEOPLE = 100
"""Largest number of people in a range."""


@dataclass(frozen=True)
class Marker:
    """Marker of one item, from `start` to `end`, where the text of the item starts."""

    start: int
    end: int
    numbers: tuple[int, ...] = ()
    """Numbers of its people, in rising order: 3, 4, 5 of "3-5."; empty for items not counted."""
    indent: int = 0

    @property
    def number(self) -> int | None:
        """Number of the item, that of its first person."""
        return self.numbers[0] if self.numbers else None

    @property
    def people(self) -> int:
        """Number of people that the item speaks for."""
        return max(1, len(self.numbers))


def marker_of(match: re.Match[str], vocabulary: Vocabulary | None = None) -> Marker | None:
    """Return the marker that a pattern matched; None if its numerals form no number or range."""
    groups = match.groupdict()
    indent = len((groups.get("indent") or "").expandtabs(4))
    numerals = [groups.get(name) for name in ("number", "cjk", "single")]
    numeral = next((found for found in numerals if found), None)
    if groups.get("group"):
        numbers = people_of(groups["group"], vocabulary)
    elif numeral is None:
        letter = _letter_or_roman(groups)
        numbers = () if letter is None else (letter,)
    else:
        first = value_of(numeral)
        lasts = [groups.get(name) for name in ("cjk_last", "single_last")]
        last = next((value_of(found) for found in lasts if found), first)
        if first is None or last is None or not first <= last < first + _MOST_PEOPLE:
            return None
        numbers = tuple(range(first, last + 1))
    return Marker(match.start(), match.end(), numbers, indent)


def people_of(group: str, vocabulary: Vocabulary | None) -> tuple[int, ...]:
    """Return the numbers named in "1, 2 and 5" or "1-4"; the first alone if they do not rise.

    Words between two numbers form a range unless they are conjunctions of a known language.
    """
    words = vocabulary.any_of("conjunctions") if vocabulary else "(?!)"
    joins = re.compile(rf"(?:[,、،&]|{AND}|{words})+", re.IGNORECASE)
    people: list[int] = []
    before = 0
    for match in re.finditer(ANY, group):
        number = value_of(match[0])
        between = re.sub(r"\s", "", group[before : match.start()])
        before = match.end()
        if number is None or (people and number <= people[-1]):
            return tuple(people[:1])
        if people and not joins.fullmatch(between):
            people += range(people[-1] + 1, number)
        people.append(number)
    return tuple(people if len(people) <= _MOST_PEOPLE else people[:1])


def name_everybody_once(markers: Sequence[Marker]) -> bool:
    """Return True if the markers number people from 1 on without gaps and repeats."""
    numbers = sorted(number for marker in markers for number in marker.numbers)
    return numbers == list(range(1, len(numbers) + 1))


def with_one_person_each(markers: Sequence[Marker]) -> list[Marker]:
    """Return the markers with their first number only ("Person 1 of 10", "Person 1, 34")."""
    return [replace(marker, numbers=marker.numbers[:1]) for marker in markers]


def _letter_or_roman(groups: dict[str, str | None]) -> int | None:
    letter, roman = groups.get("letter"), groups.get("roman")
    if letter:
        place = ord(letter.upper()) - ord("A")
        return place + 1 if place < 26 else ord(letter.upper()) - ord("Ａ") + 1
    if roman and roman.upper() in _ROMAN:
        return _ROMAN.index(roman.upper()) + 1
    return None


_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
