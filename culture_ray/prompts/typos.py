"""Typing errors at a stated rate, the same in every run."""

from __future__ import annotations

import hashlib
import re
import unicodedata


def with_typos(text: str, rate: float) -> str:
    """Return the text with `rate` (0..1) of its letters mistyped, and at least one if any.

    A letter is exchanged with the next one of its word, left out, or typed twice. Letters keep
    their combining marks; digits, punctuation, spaces and {placeholders} stay as they are. Letters
    and errors derive from SHA-256 of text and rate, so a text has the same typos in every run.
    """
    units = _units(text)
    letters = [place for place, unit in enumerate(units) if _is_letter(unit)]
    count = max(1, round(rate * len(letters))) if rate > 0 and letters else 0
    chosen: set[int] = set()
    used: set[int] = set()
    for place in sorted(letters, key=lambda place: _digest(text, rate, place)):
        if len(chosen) == count:
            break
        if place not in used:
            chosen.add(place)
            used |= {place, _mistype(units, place, used, _digest(text, rate, place)[-1])}
    return "".join(units)


def _mistype(units: list[str], place: int, used: set[int], kind: int) -> int:
    """Mistype one letter in `units`; return the other place that this has changed, or its own."""
    unit, after = units[place], place + 1
    in_word = after < len(units) and _is_letter(units[after]) and after not in used
    if kind % 3 == 0 and in_word and units[after] != unit:
        units[place], units[after] = units[after], unit
        return after
    if kind % 3 == 1 and in_word:
        units[place] = ""
        return place
    units[place] = unit + unit
    return place


def _units(text: str) -> list[str]:
    """Return placeholders and characters with the marks and joiners that follow them."""
    units: list[str] = []
    for part in re.findall(r"\{\w+\}|.", text, re.DOTALL):
        joins = unicodedata.category(part[0])[0] == "M" or part in "\u200c\u200d"
        if joins and units and not units[-1].startswith("{"):
            units[-1] += part
        else:
            units.append(part)
    return units


def _is_letter(unit: str) -> bool:
    return unit[:1].isalpha()


def _digest(text: str, rate: float, place: int) -> bytes:
    return hashlib.sha256(f"typos/{rate:g}/{place}/{text}".encode()).digest()
