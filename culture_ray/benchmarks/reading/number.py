"""Number that an answer gives: the tagged one, the one stated as the answer, or the last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from culture_ray.benchmarks.reading.clean import clean_text, sentences, without_emphasis
from culture_ray.benchmarks.reading.containers import contained_values
from culture_ray.benchmarks.reading.numerals import FoundNumber, numbers_in
from culture_ray.benchmarks.reading.unread import Unread
from culture_ray.benchmarks.reading.words.answer_words import ANSWER, OR
from culture_ray.benchmarks.reading.words.denial_words import NOT, NOT_BEFORE


def read_number(text: str, language: str, tag: str = "") -> float | Unread:
    r"""Return the number that an answer gives, or why it gives none.

    With a `tag`, such as "####", the number after its last occurrence, and none without it. Without
    one, the number in a container (\boxed{}, JSON, <answer>), else the one in a sentence with a
    word for "answer", else the last of the text. Containers or sentences that state different
    numbers, and a range such as "5-7", are a contradiction.
    """
    if not re.search(r"\w", text):
        return Unread.EMPTY
    clean = clean_text(text)
    if tag:
        _, found, rest = clean.rpartition(clean_text(tag))
        line = rest.split("\n")[0] or rest
        numbers = numbers_in(line, language) if found else []
        return _outcome([_alone(line, numbers, 0)] if numbers else [])
    held = [number for one in contained_values(clean) for number in _only(one, language)]
    stated = held or _stated(without_emphasis(clean), language)
    if stated:
        return _outcome(stated)
    plain = without_emphasis(clean)
    numbers = numbers_in(plain, language)
    places = [place for place, one in enumerate(numbers) if not _denied(plain, one)]
    return _outcome([_alone(plain, numbers, places[-1])] if places else [])


def equal_numbers(
    given: float, right: float, tolerance: float = 0.0, relative: float = 0.0
) -> bool:
    """Return True if a number is within `tolerance`, or `relative` times the right number."""
    # Decimals such as 0.1 are not exact in binary.
    rounding = 1e-9 * max(1.0, abs(right))
    return abs(given - right) <= max(tolerance, relative * abs(right)) + rounding


def _outcome(found: Sequence[Decimal | None]) -> float | Unread:
    """Return the only number that was found, or why there is none; None stands for a range."""
    values = set(found)
    if not values:
        return Unread.NOTHING
    value = values.pop()
    return Unread.CONTRADICTION if values or value is None else float(value)


def _alone(text: str, numbers: Sequence[FoundNumber], place: int) -> Decimal | None:
    """Return one of the numbers of a text; None if it is joined to another: "5-7", "5 or 7"."""
    place %= len(numbers)
    for before, after in pairwise(numbers[max(place - 1, 0) : place + 2]):
        if before.value != after.value and _JOINS.fullmatch(text[before.end : after.start]):
            return None
    return numbers[place].value


def _denied(text: str, number: FoundNumber) -> bool:
    """Return True if a negation stands right before a number: "42, not 41"."""
    return _NOT_AT_END.search(text[max(0, number.start - 15) : number.start]) is not None


def _only(value: str, language: str) -> list[Decimal | None]:
    """Return the last number of a container's value: "x = 12" and "12 apples" are 12."""
    plain = without_emphasis(value)
    numbers = numbers_in(plain, language)
    return [_alone(plain, numbers, -1)] if numbers else []


def _stated(text: str, language: str) -> list[Decimal | None]:
    """Return the number that each sentence with a word for "answer" gives: the last after it."""
    joined = re.sub(r"([:：])\s*\n+\s*", r"\1 ", text)
    found: list[Decimal | None] = []
    for sentence in sentences(joined):
        marker = _ANSWER.search(sentence)
        rest = sentence[marker.end() :] if marker else ""
        numbers = numbers_in(rest, language)
        if numbers and not _NOT.search(rest):
            # "the answer is 3 + 4 = 7": the result stands last.
            found.append(_alone(rest, numbers, -1 if "=" in rest else 0))
    return found


_ANSWER = re.compile(ANSWER, re.IGNORECASE)
_NOT = re.compile(NOT, re.IGNORECASE)
_NOT_AT_END = re.compile(rf"(?:{NOT_BEFORE})\W{{0,3}}$", re.IGNORECASE)
_JOINS = re.compile(rf"[\s(]*(?:[-–—~～:]|{OR})\s*", re.IGNORECASE)
