"""Lines of an answer: those that are a value, that begin with a letter, or that list options."""

from __future__ import annotations

import re
from collections.abc import Sequence

from culture_ray.benchmarks.reading.mentions import ClosedSet, word_pattern
from culture_ray.benchmarks.reading.unread import Unread
from culture_ray.benchmarks.reading.words.answer_words import OR

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


def without_repeated_options(text: str, among: ClosedSet) -> str:
    """Return a text without lists such as "A) Paris B) London", each option after its letter.

    A list begins with the first option and has two or more, in the order in which they were put.
    """
    if len(among.letters) < 2 or not _begins(among.letters[1], text):
        return text
    leads = [
        rf"[(\[]?{re.escape(letter)}\s*[.):\]-]+\s*{word_pattern(words[0])}"
        for letter, words in zip(among.letters, among.words, strict=False)
        if words and words[0]
    ]
    if len(leads) < 2:
        return text
    listed = leads[-1]
    for lead in reversed(leads[1:-1]):
        listed = rf"{lead}(?:{_PARTED}{listed})?"
    return re.sub(rf"(?<!\w){leads[0]}{_PARTED}{listed}", "\n", text, flags=re.IGNORECASE)


def _begins(letter: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(letter)}\s*[.):\]-]", text, re.IGNORECASE) is not None


_EDGES = " \t.,:;!\"'“”«»()[]{}<>*_-–—•。，、：；！「」『』（）【】،؛।"
_DELIMITER = re.compile(r"\s*[.):\],،、。，：]\s*|\s+[-–—=]\s*|\s*\n")
_OR_WORD = re.compile(OR, re.IGNORECASE)
_PARTED = rf"[\W_]{{0,12}}?(?:{OR}\W{{0,4}}?)?"
"""Text that may stand between two options of a list."""
