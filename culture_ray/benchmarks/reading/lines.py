"""Lines of an answer that consist of a value, or begin with the letter of an option."""

from __future__ import annotations

import re
from collections.abc import Sequence

from culture_ray.benchmarks.reading.answer_words import OR
from culture_ray.benchmarks.reading.mentions import ClosedSet
from culture_ray.benchmarks.reading.unread import Unread

Evidence = int | None | Unread
"""Value that a piece of evidence names: None for two at once, NOTHING for one outside the set."""

BETWEEN = -1
"""Evidence for two values at once, in functions that return None for no evidence."""


def line_value(line: str, among: ClosedSet) -> Evidence:
    """Return the value that a line consists of, with or without its letter; None for no value."""
    bare = line.strip(_EDGES)
    if is_letter(line, among):
        letter = among.letter_at(bare)
        return BETWEEN if letter is None or letter.place is None else letter.place
    mentions = among.mentions(bare)
    left = bare
    for one in reversed(mentions):
        left = left[: one.start] + left[one.end :]
    if not mentions or re.search(r"\w", _OR_WORD.sub("", left)):
        return None
    places = {one.place for one in mentions}
    return places.pop() if len(places) == 1 and None not in places else BETWEEN


def is_letter(line: str, among: ClosedSet) -> bool:
    """Return True if a line is nothing but a letter."""
    bare = line.strip(_EDGES)
    letter = among.letter_at(bare)
    return letter is not None and letter.end == len(bare)


def leading_value(line: str, among: ClosedSet) -> Evidence:
    """Return the letter at the start of a line with a delimiter after it; None without one."""
    start = re.match(r"[\W_]*", line)
    letter = among.letter_at(line, start.end() if start else 0)
    if letter is None or not (end := _DELIMITER.match(line, letter.end)):
        return None
    rest = [one for one in among.mentions(line) if one.start >= end.end()]
    follows = [one for one in rest if not line[end.end() : one.start].strip(_EDGES)]
    if letter.place is None or any(one.place != letter.place for one in follows):
        return BETWEEN
    return letter.place


def lists_options(lines: Sequence[str], among: ClosedSet) -> bool:
    """Return True if lines go through the options ("A) ... B) ..."), so that none is chosen."""
    led = {value for line in lines if (value := leading_value(line, among)) is not None}
    return len(led) > 1


_EDGES = " \t.,:;!\"'“”«»()[]{}<>*_-–—•。，、：；！「」『』（）【】،؛।"
_DELIMITER = re.compile(r"\s*[.):\],،、。，：]\s*|\s+[-–—=]\s*|\s*\n")
_OR_WORD = re.compile(OR, re.IGNORECASE)
