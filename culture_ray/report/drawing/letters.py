"""Widths of texts in figures, and texts shortened to a width."""

from __future__ import annotations

import unicodedata
from functools import cache

_BY_WIDTH = {
    28: "'ijl", 30: "IJ", 32: " ,.", 34: "/:;\\|", 35: "f", 36: "-", 39: "()[]t", 41: "!r",
    46: '"', 50: "*_`", 52: "sz", 54: "?c", 56: "L", 58: "Fk", 59: "vxy", 61: "PTYaoe",
    64: "ESbdghnpqu$0123456789{}", 66: "K", 69: "AVBRXZC", 74: "UHN", 78: "DG&OQ", 82: "w",
    84: "#+<=>^~−", 87: "M", 97: "%m", 100: "@W",
}  # fmt: skip
_WIDTHS = {letter: width / 100 for width, letters in _BY_WIDTH.items() for letter in letters}
"""Width of each letter in ems, of DejaVu Sans; pages have fonts of the reader's."""
BOLD = 1.13
"""Width of a bold letter, per width of a regular one."""
CUT = "…"


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text, in the unit of its font size."""
    return sum(map(_letter, text)) * size * (BOLD if bold else 1.0)


def fitted(text: str, size: float, room: float) -> str:
    """Return the text, with its middle left out if it is wider than `room`."""
    if text_width(text, size) <= room:
        return text
    # Ends of names tell models apart (a size, a version), so the middle goes.
    kept = len(text) - 1
    while kept > 2:
        short = text[: (kept + 1) // 2].rstrip() + CUT + text[len(text) - kept // 2 :].lstrip()
        if text_width(short, size) <= room:
            return short
        kept -= 1
    return text[:1] + CUT


@cache
def _letter(letter: str) -> float:
    known = _WIDTHS.get(letter)
    if known is not None:
        return known
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Cf", "Cc", "Mn"}:
        return 0.0
    plain = unicodedata.normalize("NFD", letter)[0]
    if plain in _WIDTHS:
        return _WIDTHS[plain]
    return 1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.65
