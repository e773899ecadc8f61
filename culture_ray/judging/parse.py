"""Parsing of a judge's answer: its last whole JSON object, or a repair that loses no stance."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from culture_ray.judging.prompt import OTHER_LANGUAGE
from culture_ray.survey.language_tags import nearest_code

Stance = Literal["pro", "con", "neutral"]


@dataclass(frozen=True)
class JudgeReading:
    """Parsed answer of a judge: one stance per described opinion, and the language."""

    stances: tuple[Stance, ...]
    language: str | None = None
    """One of the offered codes or "other"; None if the judge named none."""
    repaired: bool = False
    """True if the JSON was repaired: cut off, within other text, with extra or missing commas."""


@dataclass(frozen=True)
class Unparsable:
    """Answer of a judge that could not be parsed, with the reason."""

    reason: str


def parse_answer(
    raw: str, *, max_opinions: int, languages: Sequence[str]
) -> JudgeReading | Unparsable:
    """Return the parsed answer of a judge, or the reason why it cannot be parsed; never raises.

    Of several objects with stances, such as a draft and the answer, the last whole one counts. An
    answer that is cut off at its end has the stances before the cut, without half a stance. An
    answer that is broken elsewhere, or has a stance that is not one of the three, is unparsable as
    a whole, so that no stance is lost unnoticed.
    """
    text = raw.strip()
    place, whole = _last_answer(text)
    repaired = place != 0 or whole is None
    value = _repaired(_with_commas(text)) if whole is None else whole
    if value is None:
        reason = f"no JSON object in the judge's answer: {_shown(raw)}"
        return Unparsable(reason if text else "the judge's answer is empty")
    if isinstance(value, Unparsable):
        return value
    stances = _stances(value, max_opinions)
    if isinstance(stances, Unparsable):
        return stances
    return JudgeReading(stances, _language(value.get("language"), languages), repaired)


def _stances(value: dict[str, Any], max_opinions: int) -> tuple[Stance, ...] | Unparsable:
    entries = value.get("stances")
    if not isinstance(entries, list):
        found = "missing" if "stances" not in value else f"a {type(entries).__name__}, not a list"
        return Unparsable(f'"stances" is {found}')
    if not entries:
        return Unparsable("the judge's list of stances is empty")
    if len(entries) > max_opinions:
        return Unparsable(f"{len(entries)} stances, more than the maximum of {max_opinions}")
    stances = []
    for number, entry in enumerate(entries, 1):
        stance = _KNOWN.get(entry.strip().lower()) if isinstance(entry, str) else None
        if stance is None:
            found = repr(_shown(entry)) if isinstance(entry, str) else f"a {type(entry).__name__}"
            return Unparsable(f"stance {number} is {found}, not pro, con or neutral")
        stances.append(stance)
    return tuple(stances)


def _last_answer(text: str) -> tuple[int, dict[str, Any] | None]:
    """Return the place of the last object with stances, and the object; None if it is not whole."""
    keys = [match.start() for match in _KEY.finditer(text)]
    if not keys:
        value = _load(text)
        return 0, value if isinstance(value, dict) else None
    objects = (match.start() for match in _OBJECT.finditer(text))
    starts = [start for start in objects if start <= keys[-1]]
    for start in starts[: -_MOST_OBJECTS - 1 : -1]:
        try:
            value, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if end > keys[-1] and isinstance(value, dict) and "stances" in value:
            return start, value
    return 0, None


def _load(text: str) -> Any:
    """Return the JSON value at the start of `text`, None if there is none."""
    try:
        return _DECODER.raw_decode(text)[0]
    except (ValueError, RecursionError):  # RecursionError: thousands of opening brackets
        return None


def _repaired(text: str) -> dict[str, Any] | Unparsable | None:
    """Return the last object of `text`, with mended commas, closed if it is cut off at its end.

    What is dropped at the end is half a value. A break elsewhere is the reason of an Unparsable.
    """
    _, whole = _last_answer(text)
    if whole is not None and "stances" in whole:
        return whole
    key = max((match.start() for match in _KEY.finditer(text)), default=None)
    braces = [match.start() for match in re.finditer("{", text[: None if key is None else key + 1])]
    if key is None:
        nearest = braces[:1]
    else:  # the objects that the key is in, not those that end before it
        nearest = [
            start
            for start in braces[: -_MOST_OBJECTS - 1 : -1]
            if text.count("{", start, key + 1) > text.count("}", start, key + 1)
        ]
    found = [value for start in nearest if (value := _closed(text[start:])) is not None]
    answer = next((value for value in found if "stances" in value), None)
    if answer is None and key is not None and not _CUT_LIST.search(text):
        return Unparsable(f"the JSON of the judge's answer is broken: {_shown(text)}")
    return answer or (found[0] if found else None)


def _with_commas(text: str) -> str:
    """Return `text` without commas before closing brackets, and with commas between strings."""
    text = re.sub(r",(\s*[}\]])", r"\1", text)
    return re.sub(r'("(?:[^"\\\n]|\\.)*")(\s+)(?=")', r"\1,\2", text)


def _closed(text: str) -> dict[str, Any] | None:
    """Return the object at the start of `text`, closed at its end if it is cut off there."""
    whole, _, half = text.rpartition(",")
    tries = [text, text + "]}", text + "}"]
    if _HALF_VALUE.fullmatch(half):
        tries += [whole + "]}", whole + "}"]
    return next((value for t in tries if isinstance(value := _load(t), dict)), None)


def _language(named: object, languages: Sequence[str]) -> str | None:
    if not isinstance(named, str) or not named.strip():
        return None
    return nearest_code(named, languages) or OTHER_LANGUAGE


def _shown(raw: str) -> str:
    one_line = " ".join(raw.split())
    return one_line if len(one_line) <= 80 else one_line[:77] + "..."


_DECODER = json.JSONDecoder()
_OBJECT = re.compile(r'\{\s*"')
_KEY = re.compile(r'[{,]\s*"stances"\s*:\s*(?=\[|$)')
_CUT_LIST = re.compile(r'"stances"\s*:\s*(?:\[\s*(?:"\w*)?)?$')
_HALF_VALUE = re.compile(r'\s*(?:"[^"]*"\s*:\s*)?(?:\[\s*)?(?:"[^"]*|[\w.-]*)\s*')
_MOST_OBJECTS = 50
"""Most objects of an answer that are looked at, from its end."""
_KNOWN: dict[str, Stance] = {stance: stance for stance in get_args(Stance)}
