"""Text form of numbers, lists and times, the same on the page, the terminal and in tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from culture_ray.report.cell_refs import CellRef

NONE = "–"
"""Shown in place of a null value."""


@dataclass(frozen=True)
class Number:
    """A number in a sentence: its exact value and the number of decimals to show."""

    value: float | int
    digits: int | None = None
    source: CellRef | None = None
    """Table cells that it is computed from; None for a number that is in no table."""

    def __str__(self) -> str:
        return shown(self.value, self.digits)


Sentence = tuple[str | Number, ...]
"""Text and numbers of a sentence; a page keeps the exact value beside each rounded one."""


def plain(sentence: Sentence) -> str:
    """Return the sentence as text."""
    return "".join(str(part) for part in sentence)


def shown(value: Any, digits: int | None = None) -> str:
    """Return a value as display text; null and not-a-number become an en dash."""
    match value:
        case None:
            text = NONE
        case bool():
            text = "yes" if value else "no"
        case int():
            text = f"{value:,}".replace("-", "−")
        case float():
            text = _real(value, digits)
        case datetime():
            text = value.isoformat(sep=" ")
        case list() | tuple():
            text = ", ".join(shown(v, digits) for v in value)
        case _:
            text = str(value)
    return text


def listed(names: Sequence[str], most: int = 6) -> str:
    """Return 'a, b and c'; beyond `most` names, 'a, b and 3 more'."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def in_sentence(place: str) -> str:
    """Return the name of a population as it stands within a sentence: 'the Netherlands'."""
    if place == "World" or place.startswith("Speakers "):
        place = place[0].lower() + place[1:]
    takes_article = place in _WHOLE_WITH_ARTICLE or place.startswith(_WITH_ARTICLE)
    return f"the {place}" if takes_article else place


_WHOLE_WITH_ARTICLE = ("world", "US", "USA", "UK")
_WITH_ARTICLE = ("Netherlands", "United ", "Philippines", "Czech Republic", "Dominican Republic")


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return '1 model' or '3 models'."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def moment(written: str) -> str:
    """Return an ISO 8601 time as '2025-06-01 10:07 UTC'; any other text is returned unchanged."""
    try:
        when = datetime.fromisoformat(written)
    except ValueError:
        return written
    zone = when.astimezone(UTC) if when.tzinfo else when
    return f"{zone:%Y-%m-%d %H:%M}{' UTC' if when.tzinfo else ''}"


def p_value(value: float) -> str:
    """Return a p value with three decimals, or '<0.001'."""
    return "<0.001" if value < 0.001 else shown(float(value), 3)


def _real(value: float, digits: int | None) -> str:
    if math.isnan(value):
        return NONE
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:,.{2 if digits is None else digits}f}"
    if not text.strip("-0.,"):
        # A rounded −0.00 would show a sign that its digits do not justify.
        text = text.lstrip("-")
    return text.replace("-", "−")
