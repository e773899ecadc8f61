"""Numbers and lists as words: the same rounding in the page, the terminal and the tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

NONE = "–"
"""Stands for a value that is null; the reason stands beside it."""


@dataclass(frozen=True)
class Number:
    """A number in a sentence: its exact value and how many decimals are shown."""

    value: float | int
    digits: int | None = None

    def __str__(self) -> str:
        return shown(self.value, self.digits)


Sentence = tuple[str | Number, ...]
"""Words and numbers of a sentence, so that a page can carry exact values under rounded ones."""


def plain(sentence: Sentence) -> str:
    """Return the sentence as text."""
    return "".join(str(part) for part in sentence)


def shown(value: Any, digits: int | None = None) -> str:
    """Return a value as people read it; null and not-a-number become an en dash."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if isinstance(value, float):
        return _real(value, digits)
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(shown(v, digits) for v in value)
    return str(value)


def listed(names: Sequence[str], most: int = 6) -> str:
    """Return 'a, b and c', cut after `most` names."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return '1 model' or '3 models'."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _real(value: float, digits: int | None) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if digits is None:
        digits = 2 if abs(value) >= 0.01 or value == 0 else 4
    text = f"{value:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        # A rounded −0.00 would claim a sign; a p value below the last digit is not 0 either.
        if value > 0:
            return f"<{10**-digits:.{digits}f}"
        text = f"{0:.{digits}f}"
    return text.replace("-", "−")
