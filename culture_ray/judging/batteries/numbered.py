"""Parts of a text by the number of the question that they answer, in any script and layout."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from culture_ray.judging.lists.numerals import CJK, DIGITS, ENCLOSED, value_of
from culture_ray.judging.lists.plain import plain_lines


@dataclass(frozen=True)
class Parts:
    """Texts of answers: by the number before them, or in their order if they have none."""

    answers: dict[int, list[str]] = field(default_factory=dict)
    in_order: list[str] = field(default_factory=list)

    @property
    def numbered(self) -> bool:
        """Return True if the answers have numbers."""
        return bool(self.answers)


def parts_by_number(text: str, questions: int, *, cut_off: bool = False) -> Parts:
    """Return the parts of a text that answers a number of questions; never raises.

    Read are entries of JSON objects and lists, rows of tables, numbered lines, numbers that count
    on within a line, and otherwise lines, or single words of a line. With `cut_off` the last part
    of a text that does not end in a line break is left out.
    """
    plain = plain_lines(text)
    if (entries := _json_entries(plain)) is not None:
        return _of_entries(entries)
    cut = cut_off and not plain.endswith("\n")
    found = list(_numbered(plain))
    if found:
        return _by_number(found[:-1] if cut else found)
    return Parts(in_order=_unnumbered(plain, questions, cut=cut))


def _by_number(pairs: list[tuple[int, str]]) -> Parts:
    answers: dict[int, list[str]] = {}
    for number, part in pairs:
        answers.setdefault(number, []).append(part)
    return Parts(answers)


# --- numbered lines

_WORD = r"(?:[^\W\d]{1,24}\.?[ \t]*(?:[#№][ \t]*)?)"
"""Word before a number: "Question 3", "Q3", "第3", "س ٣"."""
_STOP = r"[.)\]:．)：、】〕」।|=→،,，]"
_NUMBERED = re.compile(
    rf"""
    ^ [ \t>*_|•#(\[（【〔「"'-]*+ {_WORD}?? [(\[（【]?
    (?: (?P<number> {DIGITS} ) (?! \d | [.,٫] \d )
        (?: [^\W\d_]{{0,3}} [ \t*_"']* (?: {_STOP} | [–—-] (?! \d ) ) [-)*_>]*
          | [ \t*_]+ (?= [^\W\d_] ) | [*_]+ | \uFE0F?\u20E3 | (?= [A-Z] (?! \w ) ) )
      | (?P<cjk> {CJK} ) [^\W\d_]{{0,2}} [ \t]* [.)：、．:）]
      | (?P<single> {ENCLOSED} ) [ \t.、．:：)）]*
    )
    """,
    re.MULTILINE | re.VERBOSE,
)
_WITHIN = re.compile(
    rf"(?: (?<= [\s,;；，、。] ) | ^ )"
    rf"(?: (?P<number> {DIGITS} ) [ \t]* [.):=：．、-] (?! \d ) | (?P<single> {ENCLOSED} ) )",
    re.VERBOSE,
)


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    """Yield the numbers at line starts, and those that count on from them, with what follows."""
    markers = [(m, value) for m in _NUMBERED.finditer(text) if (value := _value(m)) is not None]
    ends = [*(m.start() for m, _ in markers[1:]), len(text)] if markers else []
    for (marker, number), end in zip(markers, ends, strict=True):
        yield from _counted_on(number, text[marker.end() : end])


def _counted_on(number: int, part: str) -> Iterator[tuple[int, str]]:
    """Yield a part, divided where the next numbers follow within it: "A, 2. C, 3. B"."""
    for marker in _WITHIN.finditer(part):
        if _value(marker) == number + 1 and part[: marker.start()].strip():
            yield number, part[: marker.start()].rstrip(" \t,;，；、")
            yield from _counted_on(number + 1, part[marker.end() :])
            return
    yield number, part


def _value(match: re.Match[str]) -> int | None:
    numeral = next((found for found in match.groupdict().values() if found), "")
    return value_of(numeral) if numeral else None


# --- lines without numbers


def _unnumbered(text: str, questions: int, *, cut: bool) -> list[str]:
    lines = [line.strip() for line in text.split("\n") if re.search(r"\w", line)]
    if len(lines) > questions and re.search(r"[:：]\W*$", lines[0]):
        lines = lines[1:]
    if len(lines) == 1 and questions > 1:
        # "A, C, B" on one line; longer answers may have commas of their own.
        words = [word for word in re.split(r"[\s,;，；、/|]+", lines[0]) if word]
        lines = words if all(re.fullmatch(r"\W*\w{1,2}\W*", word) for word in words) else lines
    return lines[:-1] if cut else lines


# --- JSON


def _json_entries(text: str) -> list[tuple[Any, Any]] | list[Any] | None:
    """Return the entries of the JSON value in a text: pairs of an object, or a list's; else None.

    An object that was cut off has the pairs of texts that are whole.
    """
    start = re.search(r"[\[{]\s*[\[{\"']", text)
    if start is None:
        return None
    whole = text[start.start() :]
    try:
        value = json.JSONDecoder(object_pairs_hook=_Pairs).raw_decode(whole)[0]
    except (ValueError, RecursionError):
        pairs = re.findall(r'"([^"]*)"\s*:\s*"([^"]*)"', whole)
        return pairs if whole.startswith("{") and len(pairs) > 1 else None
    while isinstance(value, _Pairs) and len(value) == 1 and isinstance(value[0][1], list):
        value = value[0][1]  # {"answers": [...]}
    return value if isinstance(value, list) else None


class _Pairs(list[tuple[str, Any]]):
    """Entries of an object, of which a name may occur twice."""


def _of_entries(entries: list[Any]) -> Parts:
    if isinstance(entries, _Pairs) or all(isinstance(entry, tuple) for entry in entries):
        found = [(_number_in(str(name)), _text(value)) for name, value in entries]
    elif all(isinstance(entry, _Pairs) for entry in entries):
        found = [_of_record(entry) for entry in entries]
    else:
        return Parts(in_order=[_text(entry) for entry in entries])
    pairs = [(number, part) for number, part in found if number is not None]
    return _by_number(pairs) if len(pairs) == len(found) else Parts()


def _of_record(record: _Pairs) -> tuple[int | None, str]:
    """Return number and answer of an object such as {"question": 2, "answer": "B"}.

    The number is the only numeral among its values; the answer is the last of the others.
    """
    numbers = [(place, _numeral(value)) for place, (_, value) in enumerate(record)]
    known = [(place, number) for place, number in numbers if number is not None]
    if len(known) != 1 or len(record) < 2:
        return None, ""
    rest = [value for place, (_, value) in enumerate(record) if place != known[0][0]]
    return known[0][1], _text(rest[-1])


def _numeral(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return value_of(value.strip(" .)")) if isinstance(value, str) else None


def _number_in(name: str) -> int | None:
    """Return the one number in the name of an entry: "1", "Q1", "question_1", "第一题"."""
    found = re.findall(rf"{DIGITS}(?!\d)|{CJK}|{ENCLOSED}", name)
    return value_of(found[0]) if len(found) == 1 else None


def _text(value: Any) -> str:
    """Return an answer as text; of an object with one entry or more, the last entry's."""
    while isinstance(value, _Pairs) and value:
        value = value[-1][1]
    return "" if value is None or isinstance(value, list) else str(value)
