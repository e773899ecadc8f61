"""Parsing of a judge's answer, with one attempt to repair invalid JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from culture_ray.judging.prompt import OTHER_LANGUAGE

Stance = Literal["pro", "con", "neutral"]


@dataclass(frozen=True)
class JudgeReading:
    """Parsed answer of a judge: one stance per described opinion, and the language."""

    stances: tuple[Stance, ...]
    language: str | None = None
    """One of the offered codes or "other"; None if the judge named none."""
    repaired: bool = False
    """True if the JSON was repaired: truncated, fenced, within other text or with extra commas."""


@dataclass(frozen=True)
class Unparsable:
    """Answer of a judge that could not be parsed, with the reason."""

    reason: str


def parse_answer(
    raw: str, *, max_opinions: int, languages: Sequence[str]
) -> JudgeReading | Unparsable:
    """Return the parsed answer of a judge, or the reason why it cannot be parsed; never raises.

    The text is parsed as strict JSON first, then after one repair. A truncated last stance is
    dropped; a stance that is not one of the three makes the whole answer unparsable.
    """
    value, repaired = _load(raw.strip()), False
    if not isinstance(value, dict):
        value, repaired = _repaired(raw), True
    if not isinstance(value, dict):
        reason = f"no JSON object in the judge's answer: {_shown(raw)}"
        return Unparsable(reason if raw.strip() else "the judge's answer is empty")
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


def _load(text: str) -> Any:
    """Return the JSON value at the start of `text`, None if there is none."""
    try:
        return _DECODER.raw_decode(text)[0]
    except (ValueError, RecursionError):  # RecursionError: thousands of opening brackets
        return None


def _repaired(raw: str) -> Any:
    """Return the first object in `raw` without extra commas, and closed if it is truncated.

    A value that is truncated is dropped, so that half a stance does not count as one.
    """
    text = re.sub(r",(\s*[}\]])", r"\1", raw[raw.find("{") :].rstrip()) if "{" in raw else ""
    whole = text.rpartition(",")[0]
    tries = (text, text + "]}", text + "}", whole + "]}", whole + "}")
    return next((value for t in tries if isinstance(value := _load(t), dict)), None)


def _language(named: object, languages: Sequence[str]) -> str | None:
    if not isinstance(named, str) or not named.strip():
        return None
    code = re.split(r"[-_]", named.strip().lower())[0]
    return code if code in languages else OTHER_LANGUAGE


def _shown(raw: str) -> str:
    one_line = " ".join(raw.split())
    return one_line if len(one_line) <= 80 else one_line[:77] + "..."


_DECODER = json.JSONDecoder()
_KNOWN: dict[str, Stance] = {stance: stance for stance in get_args(Stance)}
