"""From a judge's own words to its answer; repairs once, and says why when it cannot."""

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
    """What a judge said: the response's language, and one stance per described opinion."""

    stances: tuple[Stance, ...]
    language: str | None = None
    """One of the codes offered, or "other"; None when the judge named none."""
    repaired: bool = False
    """The JSON was mended first: cut off, fenced, wrapped in words, or with a comma too many."""


@dataclass(frozen=True)
class Unparsable:
    """Why a judge's words could not be read."""

    reason: str


def parse_answer(
    raw: str, *, max_opinions: int, languages: Sequence[str]
) -> JudgeReading | Unparsable:
    """Read a judge's answer; never raises.

    Strict JSON first, then one repair; a stance that was cut in the middle is dropped, a stance
    that is not one of the three makes the whole answer unparsable.
    """
    value, repaired = _load(raw.strip()), False
    if not isinstance(value, dict):
        value, repaired = _repaired(raw), True
    if not isinstance(value, dict):
        said = f"no JSON object in the judge's answer: {_shown(raw)}"
        return Unparsable(said if raw.strip() else "the judge said nothing")
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
        return Unparsable(f"{len(entries)} stances where at most {max_opinions} can be")
    stances = []
    for number, entry in enumerate(entries, 1):
        stance = _KNOWN.get(entry.strip().lower()) if isinstance(entry, str) else None
        if stance is None:
            found = repr(_shown(entry)) if isinstance(entry, str) else f"a {type(entry).__name__}"
            return Unparsable(f"stance {number} is {found}, not pro, con or neutral")
        stances.append(stance)
    return tuple(stances)


def _load(text: str) -> Any:
    """The JSON value that `text` begins with, or None where it begins with none."""
    try:
        return _DECODER.raw_decode(text)[0]
    except (ValueError, RecursionError):  # RecursionError: thousands of opening brackets
        return None


def _repaired(raw: str) -> Any:
    """The first object in `raw` without commas too many, closed where it was cut off.

    Cut within a value, it is taken back to the comma before, so that half a stance is no stance.
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
