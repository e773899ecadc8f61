"""Markers of list items in a text, and the choice between several styles of marker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from culture_ray.judging import marker_patterns as patterns


@dataclass(frozen=True)
class Marker:
    """Marker of one item, from `start` to `end`, where the text of the item starts."""

    start: int
    end: int
    number: int | None
    indent: int = 0


def best_markers(text: str) -> tuple[str, list[Marker]]:
    """Return the style of the list in `text` and its markers of the outermost level.

    Styles are label, number, letter, heading, bullet, ordinal and none (without markers).
    """
    for style, markers, fewest in _candidates(text):
        if len(markers) >= fewest:
            return style, markers
    return "none", []


def inline_markers(text: str, after: int) -> list[Marker]:
    """Return the consecutive markers `after + 1`, `after + 2`, ... that occur within lines.

    A number is a marker only after the end of a sentence, or in a run of at least two numbers that
    reaches 3, so that "den 2. maj" is not one.
    """
    strict = _run(text, after, after_sentence=True)
    loose = _run(text, after, after_sentence=False)
    runs = len(loose) >= 2 and (loose[-1].number or 0) >= 3
    return loose if runs and len(loose) > len(strict) else strict


def _candidates(text: str) -> Iterator[tuple[str, list[Marker], int]]:
    """Yield styles from the most to the least reliable, with markers and the fewest of a list."""
    labels = _merge_repeats(_found(patterns.LABEL, text))
    numbers = _outer(_without_dates(_found(patterns.NUMBER, text), text))
    bullets = _outer(_found(patterns.BULLET, text))
    # In "1. Citizens disagree.\n2. Person 3 says ..." the numbers are the markers, not "Person 3".
    numbers_lead = len(numbers) >= 2 and bool(labels) and numbers[0].start < labels[0].start
    yield "label", [] if numbers_lead else labels, 2
    yield "number", numbers, 2
    yield "number", numbers if len(bullets) < 3 else [], 1
    yield "letter", _in_sequence(_found(patterns.LETTER, text)), 2
    yield "letter", _in_sequence(_found(patterns.ROMAN, text)), 2
    yield "number", _in_sequence(_found(patterns.BARE, text)), 3
    yield "heading", _headings(text), 4
    yield "bullet", bullets, 2
    yield "ordinal", _found(patterns.ORDINAL, text), 2
    yield "label", labels, 1


def _found(pattern: re.Pattern[str], text: str) -> list[Marker]:
    return [
        Marker(m.start(), m.end(), _number(m), len((m["indent"] or "").expandtabs(4)))
        for m in pattern.finditer(text)
    ]


def _number(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    if groups.get("number"):
        return int(groups["number"])
    if groups.get("letter"):
        return ord(groups["letter"].upper()) - ord("A") + 1
    if groups.get("roman"):
        roman = groups["roman"].upper()
        return _ROMAN.index(roman) + 1 if roman in _ROMAN else None
    return None


def _headings(text: str) -> list[Marker]:
    """Return headings with text below them; a heading is part of its item, as it may be a name."""
    found = [Marker(m.start(), m.start(), None) for m in patterns.HEADING.finditer(text)]
    ends = [*(m.start for m in found[1:]), len(text)] if found else []
    return [m for m, end in zip(found, ends, strict=True) if "\n" in text[m.start : end].strip()]


def _merge_repeats(markers: list[Marker]) -> list[Marker]:
    """Return markers without immediate repeats, where the same speaker continues."""
    return [m for i, m in enumerate(markers) if i == 0 or m.number != markers[i - 1].number]


def _outer(markers: list[Marker]) -> list[Marker]:
    """Return the markers that are not indented; numbers that continue the list are found inline."""
    base = min((m.indent for m in markers), default=0)
    return [m for m in markers if m.indent < base + 2]


def _without_dates(markers: list[Marker], text: str) -> list[Marker]:
    """Return markers without dates ("24. december") at line starts that interrupt a list."""
    kept: list[Marker] = []
    for i, marker in enumerate(markers):
        last = (kept[-1].number or 0) if kept else 0
        following = markers[i + 1].number if i + 1 < len(markers) else None
        jumps = (marker.number or 0) > last + 1 == following
        if not (jumps and text[marker.end :].lstrip()[:1].islower()):
            kept.append(marker)
    return kept


def _in_sequence(markers: list[Marker]) -> list[Marker]:
    """Return the markers that count 1, 2, 3, ... in this order."""
    kept: list[Marker] = []
    for marker in markers:
        if marker.number == len(kept) + 1:
            kept.append(marker)
    return kept


def _run(text: str, after: int, *, after_sentence: bool) -> list[Marker]:
    markers: list[Marker] = []
    while True:
        number = after + len(markers) + 1
        pattern = patterns.inline(number, after_sentence=after_sentence)
        match = pattern.search(text, markers[-1].end if markers else 0)
        if match is None:
            return markers
        markers.append(Marker(match.start(), match.end(), number))


_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
