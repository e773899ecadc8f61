"""Markers of list items in a text, and the choice between several styles of marker."""

from __future__ import annotations

import re
from collections.abc import Iterator

from culture_ray.judging.lists import patterns
from culture_ray.judging.lists.counted import counted_labels
from culture_ray.judging.lists.marker import (
    Marker,
    marker_of,
    name_everybody_once,
    with_one_person_each,
)
from culture_ray.judging.vocabulary import Vocabulary


def best_markers(text: str, vocabulary: Vocabulary) -> tuple[str, list[Marker]]:
    """Return the style of the list in `text` and its markers of the outermost level.

    Styles are label, number, letter, heading, bullet, ordinal and none (without markers).
    """
    for style, markers, fewest in _candidates(text, vocabulary):
        if len(markers) >= fewest:
            return style, markers
    return "none", []


def inline_markers(text: str, after: int, vocabulary: Vocabulary) -> list[Marker]:
    """Return the consecutive markers `after + 1`, `after + 2`, ... that occur within lines.

    A number is a marker only after the end of a sentence, or in a run of at least two numbers that
    reaches 3, so that "den 2. maj" is not one.
    """
    words = patterns.word_patterns(vocabulary)
    strict = _run(words.after_sentence, text, after)
    loose = _run(words.anywhere, text, after)
    runs = len(loose) >= 2 and (loose[-1].number or 0) >= 3
    return loose if runs and len(loose) > len(strict) else strict


def _candidates(text: str, vocabulary: Vocabulary) -> Iterator[tuple[str, list[Marker], int]]:
    """Yield styles from the most to the least reliable, with markers and the fewest of a list."""
    words = patterns.word_patterns(vocabulary)
    labels = _merge_repeats(_people_found(words.label, text, vocabulary))
    counted = counted_labels(text, vocabulary)
    numbers = _outer(_without_dates(_contiguous(_numbers_found(text, vocabulary)), text))
    if len(counted) > len(labels) and not _fewer(counted, numbers):
        labels = counted
    bullets = _outer(_found(patterns.BULLET, text))
    # In "1. Citizens disagree.\n2. Person 3 says ..." the numbers are the markers, not "Person 3".
    numbers_lead = len(numbers) >= 2 and bool(labels) and numbers[0].start < labels[0].start
    several = [marker for marker in numbers if marker.people > 1]
    yield "label", [] if numbers_lead else labels, 2
    yield "number", numbers, 1 if several else 2
    yield "number", numbers if len(bullets) < 3 else [], 1
    yield "letter", _in_sequence(_found(patterns.LETTER, text)), 2
    yield "letter", _in_sequence(_found(patterns.ROMAN, text)), 2
    yield "letter", _script_letters(_found(patterns.SCRIPT_LETTER, text), text, vocabulary), 3
    yield "number", _in_sequence(_found(patterns.BARE, text)), 3
    yield "number", _in_sequence(_found(patterns.DELIMITED, text)), 3
    yield "heading", _headings(text), 4
    yield "bullet", bullets, 2
    yield "ordinal", _found(words.ordinal, text), 2
    yield "label", labels, 1


def _found(
    pattern: re.Pattern[str], text: str, vocabulary: Vocabulary | None = None
) -> list[Marker]:
    found = (marker_of(match, vocabulary) for match in pattern.finditer(text))
    return [marker for marker in found if marker is not None]


def _fewer(counted: list[Marker], numbers: list[Marker]) -> bool:
    """Return True if the numbers of the same lines mark more items ("1º Filho:", "2ª Filha:")."""
    return bool(numbers) and numbers[0].start <= counted[0].start and len(numbers) > len(counted)


def _headings(text: str) -> list[Marker]:
    """Return headings with text below them; a heading is part of its item, as it may be a name."""
    found = [Marker(m.start(), m.start()) for m in patterns.HEADING.finditer(text)]
    ends = [*(m.start for m in found[1:]), len(text)] if found else []
    return [m for m, end in zip(found, ends, strict=True) if "\n" in text[m.start : end].strip()]


def _merge_repeats(markers: list[Marker]) -> list[Marker]:
    """Return markers without immediate repeats, where the same speaker continues."""
    return [m for i, m in enumerate(markers) if i == 0 or m.number != markers[i - 1].number]


def _people_found(pattern: re.Pattern[str], text: str, vocabulary: Vocabulary) -> list[Marker]:
    """Return the markers, with several people each only if together they name everybody once.

    "1 a 4" is a range in one language and two people in another, so both are tried.
    """
    found = _found(pattern, text, vocabulary)
    if all(marker.people == 1 for marker in found) or name_everybody_once(found):
        return found
    ranges = _found(pattern, text)
    return ranges if name_everybody_once(ranges) else with_one_person_each(found)


def _numbers_found(text: str, vocabulary: Vocabulary) -> list[Marker]:
    """Return the markers that are numbers, in the reading in which they name everybody once."""
    found = _found(patterns.NUMBER, text, vocabulary)
    if all(marker.people == 1 for marker in found) or name_everybody_once(found):
        return found
    ranges = _found(patterns.NUMBER, text)
    return ranges if name_everybody_once(ranges) else found


def _outer(markers: list[Marker]) -> list[Marker]:
    """Return the markers that are not indented; numbers that continue the list are found inline."""
    base = min((m.indent for m in markers), default=0)
    return [m for m in markers if m.indent < base + 2]


def _contiguous(markers: list[Marker]) -> list[Marker]:
    """Return the markers without ranges that do not continue the list ("18-25: ...")."""
    if name_everybody_once(markers):
        return markers
    kept: list[Marker] = []
    for marker in markers:
        expected = kept[-1].numbers[-1] + 1 if kept else 1
        if marker.people == 1 or marker.number in (1, expected):
            kept.append(marker)
    return kept


def _without_dates(markers: list[Marker], text: str) -> list[Marker]:
    """Return markers without dates ("24. december") at line starts that interrupt a list."""
    kept: list[Marker] = []
    for i, marker in enumerate(markers):
        last = kept[-1].numbers[-1] if kept else 0
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


def _script_letters(markers: list[Marker], text: str, vocabulary: Vocabulary) -> list[Marker]:
    """Return markers that are the letters of a known order, or else all different letters."""
    letters = [
        text[m.start : m.end].strip(" \t*_>#|•-(（").rstrip(")）.．、：:] \t*_-") for m in markers
    ]
    for order in (one.letters for one in vocabulary.phrases if one.letters):
        kept: list[Marker] = []
        for marker, letter in zip(markers, letters, strict=True):
            if order[len(kept) : len(kept) + 1].casefold() == letter.casefold():
                kept.append(marker)
        if len(kept) >= 3:
            return kept
    return markers if len(set(letters)) == len(letters) else []


def _run(pattern: re.Pattern[str], text: str, after: int) -> list[Marker]:
    """Return the markers of `pattern` that count on from `after`."""
    markers: list[Marker] = []
    for match in pattern.finditer(text):
        marker = marker_of(match)
        if marker is not None and marker.number == after + len(markers) + 1:
            markers.append(marker)
    return markers
