"""Marker of one item of a list: its place, its number, and the people that the item speaks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from culture_ray.judging.lists.numerals import ANY, value_of
from culture_ray.judging.vocabulary import Vocabulary


@dataclass(frozen=True)
class Marker:
    """Marker of one item, from `start` to `end`, where the text of the item starts."""

    start: int
    end: int
    number: int | None
    indent: int = 0
    people: int = 1
    """Number of people that the item speaks for: 3 in "3-5."."""
    last: int | None = None
    """Number of the last of these people; None for items without numbers."""


_MOST_PEOPLE = 100
"""Largest number of people in a range."""


def marker_of(match: re.Match[str], vocabulary: Vocabulary | None = None) -> Marker | None:
    """Return the marker that a pattern matched; None if its numerals form no number or range."""
    groups = match.groupdict()
    numerals = [groups.get(name) for name in ("number", "cjk", "single")]
    numeral = next((found for found in numerals if found), None)
    indent = len((groups.get("indent") or "").expandtabs(4))
    if groups.get("group"):
        people = _people(groups["group"], vocabulary)
        if people is None:
            return None
        return Marker(match.start(), match.end(), people[0], indent, len(people), people[-1])
    if numeral is None:
        number = _letter_or_roman(groups)
        return Marker(match.start(), match.end(), number, indent, 1, number)
    number = value_of(numeral)
    if number is None:
        return None
    lasts = [groups.get(name) for name in ("cjk_last", "single_last")]
    last = next((value_of(found) for found in lasts if found), number)
    if last is None or not number <= last < number + _MOST_PEOPLE:
        return None
    return Marker(match.start(), match.end(), number, indent, last - number + 1, last)


def _letter_or_roman(groups: dict[str, str | None]) -> int | None:
    letter, roman = groups.get("letter"), groups.get("roman")
    if letter:
        place = ord(letter.upper()) - ord("A")
        return place + 1 if place < 26 else ord(letter.upper()) - ord("Ａ") + 1
    if roman and roman.upper() in _ROMAN:
        return _ROMAN.index(roman.upper()) + 1
    return None


def _people(group: str, vocabulary: Vocabulary | None) -> list[int] | None:
    """Return the numbers named in "1, 2 and 5" or "1-4", in rising order; None if they do not rise.

    Words between two numbers form a range unless they are conjunctions of a known language.
    """
    joins = re.compile(
        rf"(?:[,、،&]|{vocabulary.any_of('conjunctions') if vocabulary else '(?!)'})+"
    )
    people: list[int] = []
    before = 0
    for match in re.finditer(ANY, group):
        number = value_of(match[0])
        between = re.sub(r"\s", "", group[before : match.start()])
        before = match.end()
        if number is None or (people and number <= people[-1]):
            return None
        if people and not joins.fullmatch(between):
            people += range(people[-1] + 1, number)
        people.append(number)
    return people if len(people) <= _MOST_PEOPLE else None


_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
