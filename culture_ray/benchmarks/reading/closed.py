"""Choice among the values of a closed set: the one that an answer states, and no other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from culture_ray.benchmarks.reading.clean import (
    UNSPACED,
    clean_text,
    sentences,
    without_emphasis,
)
from culture_ray.benchmarks.reading.containers import split_containers
from culture_ray.benchmarks.reading.denials import denied, undenied
from culture_ray.benchmarks.reading.lines import (
    BETWEEN,
    Evidence,
    is_letter,
    leading_value,
    line_value,
    lists_options,
    without_repeated_options,
)
from culture_ray.benchmarks.reading.mentions import ClosedSet, Mention
from culture_ray.benchmarks.reading.refusals import says_nothing
from culture_ray.benchmarks.reading.statements import stated_values
from culture_ray.benchmarks.reading.unread import Unread
from culture_ray.benchmarks.reading.words.denial_words import ALSO, DOUBT, NOT, REVISED, WRONG

_SHORT = 120
"""Most characters of a sentence in which one mention is the choice."""


def chosen(text: str, among: ClosedSet) -> int | Unread:
    r"""Return the index of the value that an answer chooses, or why it chooses none.

    Four kinds of evidence, strongest first; the first that is there decides, and if it names two
    values the answer is a contradiction:

    1. what is stated as the answer: in a container (\boxed{B}, JSON, <answer>), after a word for
       "answer", before a word for "correct", after a colon at the end of a line, or alone in the
       first or last line;
    2. "B. text" at the start, or a value in bold;
    3. the one value that the text names;
    4. the one value that its last sentence names.

    A value with a negation before it is not named; a supposition ("if the answer were A") states
    nothing. "A or B" and "B) text of A" are contradictions, "A: I can't answer that" is a refusal.
    """
    clean = clean_text(text)
    if not re.search(r"\w", clean):
        return Unread.EMPTY
    values, rest = split_containers(clean)
    put = without_emphasis(rest)
    if not values and (declined := says_nothing(put, among)) is not None:
        return declined
    plain = without_repeated_options(put, among)
    lines = [line for line in plain.split("\n") if re.search(r"\w", line)]
    listed = lists_options(sentences(plain), among)
    stated = [_value_of(value, among) for value in values] + [*stated_values(plain, among)]
    alone = [*_alone(lines, among, listed=listed), *([] if listed else _first(plain, among))]
    revised = _revised(plain, among)
    for evidence in (
        stated + alone + ([] if stated or not alone else revised),
        [*_led_or_bold(rest, lines, among, listed=listed), *revised],
    ):
        if evidence:
            return _one(evidence)
    said = [part for part in sentences(plain) if not part.rstrip().endswith(_QUESTION)]
    for part in (" ".join(said), *_last(said, lines, among, listed=listed)):
        named = {one.place for one in _named(part, among)}
        if len(named) == 1 or (named and part == said[-1]):
            return _one(list(named))
    return Unread.CONTRADICTION if listed or plain != put else Unread.NOTHING


def _one(evidence: Sequence[Evidence]) -> int | Unread:
    values = set(evidence)
    if len(values) > 1:
        return Unread.CONTRADICTION
    value = values.pop()
    return Unread.CONTRADICTION if value is None else value


def _value_of(value: str, among: ClosedSet) -> Evidence:
    """Return the value that a short text names, which holds nothing but the answer."""
    plain = without_emphasis(value)
    found = among.mentions(plain)
    bare = re.fullmatch(r"\W*(.+?)\W*", plain, re.DOTALL)
    whole = None if bare is None else among.letter_at(bare[1])
    if bare is not None and whole is not None and whole.end == len(bare[1]):
        return whole.place
    places = {one.place for one in undenied(plain, found)}
    if not places:
        return Unread.NOTHING
    return places.pop() if len(places) == 1 else None


def _alone(lines: Sequence[str], among: ClosedSet, *, listed: bool) -> list[Evidence]:
    """Return the values that the first and the last line consist of.

    Lines that go through the options state none, but a letter below them does.
    """
    if listed:
        lines = [line for line in lines[-1:] if is_letter(line, among)]
    ends = [line for line in (*lines[:1], *lines[-1:]) if not line.rstrip().endswith(_QUESTION)]
    found = (line_value(line, among) for line in ends)
    return [None if value == BETWEEN else value for value in found if value is not None]


def _first(text: str, among: ClosedSet) -> list[Evidence]:
    """Return the value that the first sentence consists of, and others that a short text names.

    "Safe. But also unsafe." names two values; "Safe. Unsafe would be wrong." names one.
    """
    said = sentences(text)
    value = line_value(said[0], among) if said and not said[0].endswith(_QUESTION) else None
    if value is None or _leads_to_denial(text, among):
        return []
    others = [part for part in said[1:] if not _DENIES.search(part)] if len(text) <= _SHORT else []
    named = [one.place for part in others for one in among.mentions(part) if not one.by_letter]
    return [None if value == BETWEEN else value, *named]


def _revised(text: str, among: ClosedSet) -> list[Evidence]:
    """Return the values that a short text takes another one back for, or adds to it.

    "A. Wait, actually B." and "A, possibly B" name two values.
    """
    if len(text) > _SHORT:
        return []
    mentions = undenied(text, among.mentions(text))
    return [
        value
        for before, one in pairwise(mentions)
        if before.place != one.place
        and (_REVISES.search(text[before.end : one.start]) or _ADDS.match(text, one.end))
        for value in (before.place, one.place)
    ]


def _led_or_bold(
    clean: str, lines: Sequence[str], among: ClosedSet, *, listed: bool
) -> list[Evidence]:
    """Return the letter at the start with a delimiter after it, else the values in bold."""
    if lines and not listed:
        led = leading_value(lines[0], among)
        if led is not None and not _leads_to_denial(lines[0], among):
            return [None if led == BETWEEN else led]
    bold = {without_emphasis(match[1]) for match in _BOLD.finditer(clean)}
    values = {value for one in bold if (value := line_value(one, among)) is not None}
    return [None if value == BETWEEN else value for value in values]


def _leads_to_denial(text: str, among: ClosedSet) -> bool:
    """Return True if a text denies the first value that it names: "B: incorrect", "B. Wrong."."""
    mentions = among.mentions(text)
    return bool(mentions) and denied(text, mentions, 0)


def _last(
    said: Sequence[str], lines: Sequence[str], among: ClosedSet, *, listed: bool
) -> Sequence[str]:
    """Return the last sentence, unless it is the end of a walk through the options."""
    ends_in_list = listed and _leads(lines[-1], among)
    return () if ends_in_list else said[-1:]


def _leads(line: str, among: ClosedSet) -> bool:
    """Return True if a line or its last sentences begin with the letter of an option."""
    return any(leading_value(part, among) is not None for part in sentences(line))


def _named(part: str, among: ClosedSet) -> list[Mention]:
    """Return the mentions of a text without negated ones; letters only in short sentences."""
    found = undenied(part, among.mentions(part))
    return [] if len(part) > _SHORT and all(one.by_letter for one in found) else found


_QUESTION = ("?", "？", "؟")
_DENIES = re.compile(f"{WRONG}|{NOT}|{DOUBT}", re.IGNORECASE)
_REVISES = re.compile(
    rf"(?:{REVISED}|{DOUBT})(?:\W*(?:\w+\W+){{0,3}}|[{UNSPACED}]{{0,4}})$", re.IGNORECASE
)
_ADDS = re.compile(rf"\W*(?:\w+\W+){{0,3}}(?:{ALSO})", re.IGNORECASE)
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
