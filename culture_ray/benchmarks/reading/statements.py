"""Values that an answer states: "the answer is B", "B is correct", "Answer: B"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from culture_ray.benchmarks.reading.clean import sentences
from culture_ray.benchmarks.reading.denials import JOINS, denied
from culture_ray.benchmarks.reading.lines import BETWEEN, Evidence, line_value
from culture_ray.benchmarks.reading.mentions import ClosedSet, Mention
from culture_ray.benchmarks.reading.words.answer_words import ANSWER, RIGHT
from culture_ray.benchmarks.reading.words.denial_words import BUT, DOUBT, NOT, WRONG


def stated_values(text: str, among: ClosedSet) -> Iterator[Evidence]:
    """Yield each value that the text states as the answer."""
    for line in _clauses(text):
        if line.rstrip().endswith(_QUESTION):
            continue
        mentions = among.mentions(line)
        taken = []
        for place, one in enumerate(mentions):
            stop = mentions[place + 1].start if place + 1 < len(mentions) else len(line)
            right = _IS_RIGHT.match(line, one.end, stop)
            if right is None:
                continue
            taken.append((one.start, right.end()))
            if not _denied(line, mentions, place, right[0]):
                joined = place > 0 and _joined_to(line, mentions[place - 1], one)
                yield None if joined else one.place
        for marker in _MARKER.finditer(line):
            if not any(start <= marker.start() < end for start, end in taken):
                yield from _after(line, marker, mentions, among)


def _joined_to(line: str, before: Mention, one: Mention) -> bool:
    """Return True if a mention follows one of another value directly: "A and B"."""
    between = line[before.end : one.start]
    return before.place != one.place and JOINS.fullmatch(between) is not None


def _denied(line: str, mentions: Sequence[Mention], place: int, right: str) -> bool:
    """Return True if "B is correct" is negated or only supposed."""
    before = line[max(0, mentions[place].start - _NEAR) : mentions[place].start]
    around = f"{_BUT.split(before)[-1]} {right}"
    return bool(
        _NOT.search(right)
        or _WRONG.search(right)
        or denied(line, mentions, place)
        or _DOUBT.search(around)
    )


def _after(
    line: str, marker: re.Match[str], mentions: Sequence[Mention], among: ClosedSet
) -> Iterator[Evidence]:
    """Yield the value that follows a word for "answer", or that ends a line after a colon."""
    before, rest = line[: marker.start()], line[marker.end() :]
    if not marker["word"]:
        if any(one.start < marker.start() for one in mentions) or _WRONG_AT_END.search(before):
            return  # "A: Paris" goes through the options, "Incorrect: A" denies
        if (value := line_value(rest, among)) is not None:
            yield None if value == BETWEEN else value
        return
    following = [one for one in mentions if one.start >= marker.end()]
    clause = re.split(r"[,;:，；：]", before)[-1]
    against = _NOT.search(clause[-15:]) or _WRONG.search(clause[-20:])
    if not following or against or _DOUBT.search(_BUT.split(before)[-1][-_NEAR:]):
        return
    if denied(line, mentions, mentions.index(following[0])):
        return
    gap = line[marker.end() : following[0].start]
    if len(gap) <= _GAP and not any(p.search(gap) for p in (_NOT, _DOUBT, _WRONG, _BECAUSE)):
        yield _joined(line, following)


def _joined(line: str, following: Sequence[Mention]) -> Evidence:
    """Return the first of the mentions; None if the next is joined to it and another value."""
    first = following[0]
    for before, after in pairwise(following):
        between = line[before.end : after.start]
        if not JOINS.fullmatch(between):
            break
        if after.place != first.place:
            return None
    return first.place


def _clauses(text: str) -> list[str]:
    """Return the sentences of a text, with a line that ends in a colon joined to the next."""
    joined = re.sub(r"([:：])\s*\n+\s*", r"\1 ", text)
    joined = re.sub(rf"(?im)^(\W{{0,8}}(?:\w+\s)?(?:{ANSWER})[^\w\n]{{0,8}})\n+", r"\1 ", joined)
    return [part for line in sentences(joined) for part in re.split(r"(?<=\w);\s+", line)]


_GAP, _NEAR = 40, 40
_QUESTION = ("?", "？", "؟")
_MARKER = re.compile(
    rf"(?P<word>{ANSWER}|{RIGHT})|(?P<colon>[:：=])(?=[^:：=\n]{{1,60}}$)", re.IGNORECASE
)
_IS_RIGHT = re.compile(
    rf"(?:(?!{BUT})[^.!?。！？\n]){{0,30}}?(?:{RIGHT})(?:\W*{ANSWER})?", re.IGNORECASE
)
_BECAUSE = re.compile(
    r"\b(?:because|since|as|while|although|but|fordi|weil|omdat|porque|parce|perché|потому)\b",
    re.IGNORECASE,
)
_NOT = re.compile(NOT, re.IGNORECASE)
_WRONG = re.compile(WRONG, re.IGNORECASE)
_DOUBT = re.compile(DOUBT, re.IGNORECASE)
_WRONG_AT_END = re.compile(rf"(?:{WRONG}|{NOT})(?:\s+\w+){{0,2}}\W*$", re.IGNORECASE)
_BUT = re.compile(BUT, re.IGNORECASE)
