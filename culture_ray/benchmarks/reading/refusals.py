"""Answers that begin with a letter or label and then decline: "A: I can't answer that"."""

from __future__ import annotations

import re

from culture_ray.benchmarks.reading.clean import sentences
from culture_ray.benchmarks.reading.mentions import ClosedSet, Mention
from culture_ray.benchmarks.reading.unread import Unread
from culture_ray.benchmarks.reading.words.refusal_words import (
    ABOUT_REASONS,
    APOLOGY,
    DECLINES,
    UNKNOWN,
)

_SHORT = 200
"""Most characters of an answer that a letter leads and that names nothing."""


def says_nothing(text: str, among: ClosedSet) -> Unread | None:
    """Return the reason why an answer that a value leads names none; None where it names one.

    REFUSAL where what follows the value declines to answer, NOTHING where it says that the model
    does not know ("A: I don't know"). An answer that declines to give its reasons, or that names
    another value, is left to be read.
    """
    lead = _lead(text, among)
    if lead is None or len(text) > _SHORT:
        return None
    rest = text[lead.end :]
    if any(one.place != lead.place for one in among.mentions(rest)):
        return None
    said = sentences(rest)
    regret = [part for part in said if APOLOGY.fullmatch(part)]
    first = next((part for part in said if part not in regret), "")
    if DECLINES.search(first) and not ABOUT_REASONS.search(first):
        return Unread.REFUSAL
    if not first:
        return Unread.REFUSAL if regret and lead.by_letter else None
    return Unread.NOTHING if UNKNOWN.fullmatch(first) else None


def _lead(text: str, among: ClosedSet) -> Mention | None:
    """Return the value at the start of a text, if a delimiter and further words follow it."""
    start = _STATED.match(text)
    position = start.end() if start else 0
    lead = among.letter_at(text, position)
    if lead is None:
        found = among.mentions(text[position : position + _SHORT])
        if not found or found[0].start or found[0].by_letter:
            return None
        one = found[0]
        lead = Mention(position, position + one.end, one.place, False)
    return lead if _DELIMITER.match(text, lead.end) else None


_STATED = re.compile(r"[\W_]*(?:(?:the |final )?answer(?: is)?\s*:?\s+)?[\W_]*", re.IGNORECASE)
_DELIMITER = re.compile(r"[\W_]{0,3}[.:,)\]\n。：，、–—-][\W_]*\w")
