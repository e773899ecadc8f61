"""Retry hint in the words of an error, such as "Please try again in 2m30s"; pure.

Sources: OpenAI and Groq ("try again in 2m30s", "in 20s", "in 350ms"), Azure ("retry after 26
seconds"), Gemini ("retry in 34.07s"), Together and Mistral ("wait 3 minutes").
"""

from __future__ import annotations

import re

_UNITS = {
    r"ms|msecs?|milliseconds?": 0.001,
    r"s|secs?|seconds?": 1.0,
    r"m|mins?|minutes?": 60.0,
    r"h|hrs?|hours?": 3600.0,
    r"d|days?": 86_400.0,
}
"""Seconds by the names of a unit of time."""

_NUMBER, _UNIT = r"\d{1,9}(?:\.\d{1,9})?", rf"(?:{'|'.join(_UNITS)})(?![a-z])"
_PART = re.compile(rf"({_NUMBER})\s?({_UNIT})", re.IGNORECASE)
_HINT = re.compile(
    r"\b(?:(?:try|retry|send)\b[^.!?\d]{0,40}?\b(?:in|after)|wait(?:ing)?\b[^.!?\d]{0,40}?)\s"
    r"(?:about |approximately |at least |another )?"
    rf"((?:{_NUMBER}\s?{_UNIT}(?:,? and |, | )?)+)",
    re.IGNORECASE,
)
_LONGEST_S = 1e6


def retry_hint_s(words: str) -> float | None:
    """Return the seconds after which an error's words ask to send again, None without a hint."""
    found = _HINT.search(words)
    if found is None:
        return None
    seconds = sum(float(number) * _seconds(unit) for number, unit in _PART.findall(found[1]))
    return seconds if seconds < _LONGEST_S else None


def _seconds(unit: str) -> float:
    return next(s for names, s in _UNITS.items() if re.fullmatch(names, unit, re.IGNORECASE))
