"""Denials: mentions of values that an answer makes only to say that they are wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence

from culture_ray.benchmarks.reading.clean import UNSPACED
from culture_ray.benchmarks.reading.mentions import Mention
from culture_ray.benchmarks.reading.words.answer_words import ANSWER, OR
from culture_ray.benchmarks.reading.words.denial_words import (
    BUT,
    CERTAIN,
    DIRECTLY,
    EXCEPT,
    NOT,
    NOT_AFTER,
    NOT_BEFORE,
    NOT_OF_SUBJECT,
    THAT,
    WRONG,
)

JOINS = re.compile(
    rf"[\s)\]'\"”»]*(?:[,/、،|&+)~-]|{OR})*[\s(\['\"“«]*(?:{OR})?[\s(\[]*", re.IGNORECASE
)
"""Text between two values that are named together: "A or B", "A, B", "(A) / (B)"."""


def undenied(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions of a text that it does not deny."""
    return [one for place, one in enumerate(mentions) if not denied(text, mentions, place)]


def denied(text: str, mentions: Sequence[Mention], place: int) -> bool:
    """Return True if a text denies the mention at a place of its mentions.

    A negation before it in its clause denies it ("not B", "isn't safe"), as do a negation or a word
    for "wrong" after it ("B is wrong", "B değil"). Values that are joined share what is said of one
    of them: "not A, B or C", "A and B are wrong".
    """
    first = last = place
    while first > 0 and _joined(text, mentions[first - 1], mentions[first]):
        first -= 1
    while last + 1 < len(mentions) and _joined(text, mentions[last], mentions[last + 1]):
        last += 1
    listed = text[mentions[first].start : mentions[last].start]
    whole = last - first > 1 or _OR.search(listed) is not None
    return (
        _before(text, mentions[place])
        or (whole and _before(text, mentions[first]))
        or (first < last and _EXCEPT_AT_END.search(_clause(text, mentions[first])) is not None)
        or _after(text, mentions, last)
    )


def _joined(text: str, one: Mention, other: Mention) -> bool:
    return JOINS.fullmatch(text[one.end : other.start]) is not None


def _clause(text: str, mention: Mention) -> str:
    """Return the end of the clause before a mention."""
    return _CLAUSE_END.split(text[: mention.start])[-1][-_NEAR:]


def _before(text: str, mention: Mention) -> bool:
    clause = _CERTAIN.sub(" ", _clause(text, mention))
    if _NOT_BEFORE.search(clause) or _DIRECTLY.search(clause):
        return True
    return _WRONG_BEFORE.search(text[: mention.start][-_NEAR:]) is not None


def _after(text: str, mentions: Sequence[Mention], place: int) -> bool:
    """Return True if the words after a mention deny it, up to the end of the clause."""
    one = mentions[place]
    for other in mentions[place + 1 :]:  # "B) London": the same value twice
        if other.place != one.place or re.search(r"\w", text[one.end : other.start]):
            break
        one = other
    if _NOT.search(text[one.start : one.end]):  # "no", "not true" as values
        return False
    stop = next((other.start for other in mentions if other.start >= one.end), len(text))
    if _VERDICT.match(text, one.end, stop):
        return True
    segment = _CERTAIN.sub(" ", text[one.end : stop])
    end = _SEGMENT_END.search(segment)
    closed, segment = end is not None or stop == len(text), segment[: end.start() if end else None]
    return bool(
        _WRONG.search(segment[:_NEAR])
        or _NOT_AFTER.search(segment[:_NEAR])
        or (closed and _NOT_OF_SUBJECT.match(segment))
    )


_NEAR = 40
"""Most characters between a denial and the value that it denies."""
_CLAUSE_END = re.compile(rf"[;:.!?。，、；：！？\n]|,(?!\s*{THAT})|{BUT}", re.IGNORECASE)
_SEGMENT_END = re.compile(
    rf"[,;:.!?(。，、；：！？（\n]|{BUT}|\b(?:because|since|as|while|although|whereas|weil|da|"
    rf"omdat|parce|car|porque|perché|fordi|eftersom|потому|так как|чем|than|and|und|et|"
    rf"og|och|и|та|ve)\b",
    re.IGNORECASE,
)
"""End of what is said of a value: another clause, a reason, or another subject."""
_VERDICT = re.compile(
    rf"\s*[:.=–—-]+\s*[*_]*(?:(?:this|that|it|das|es|dit|det|cela|c'est|это)\W+)?"
    rf"(?:(?:is|ist|est|er|är)\s+)?(?:{WRONG})(?:\s+(?:{ANSWER}|option))?"
    r"(?=\s*(?:[.,;!?()\n。，]|$|because|since|as\b|[-–—]))",
    re.IGNORECASE,
)
_NOT = re.compile(NOT, re.IGNORECASE)
_NOT_BEFORE = re.compile(NOT_BEFORE, re.IGNORECASE)
_NOT_AFTER = re.compile(NOT_AFTER, re.IGNORECASE)
_PRONOUN = r"(?:it|this|that|they|there|i|you|we|he|she|es|das|det|ce|il|elle|het|dat)\b"
_NOT_OF_SUBJECT = re.compile(
    rf"\W{{0,3}}(?:(?!{_PRONOUN})\w+\W+|[{UNSPACED}]{{0,4}})?(?:{NOT_OF_SUBJECT})", re.IGNORECASE
)
_DIRECTLY = re.compile(rf"{DIRECTLY}\s+$", re.IGNORECASE)
_WRONG = re.compile(WRONG, re.IGNORECASE)
_WRONG_BEFORE = re.compile(
    rf"(?:^|[.!?\n。]\s*|\b(?:the|an?|die|der|das|la|el|le|de|het|den|det|o|il)\s+)"
    rf"{WRONG}(?:\s+(?:{ANSWER}|one|options?))?(?:\s+(?:is|are|was|ist|est|es|er|är|é|è))?"
    r"[\s:：(\"'“*]*$",
    re.IGNORECASE,
)
_CERTAIN = re.compile(CERTAIN, re.IGNORECASE)
_EXCEPT_AT_END = re.compile(rf"{EXCEPT}\W*$", re.IGNORECASE)
_OR = re.compile(OR, re.IGNORECASE)
