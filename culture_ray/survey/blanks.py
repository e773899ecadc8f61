"""Marks and words that files write where a value is missing."""

from __future__ import annotations

from string import ascii_lowercase

MARKS = frozenset({".", "nan", "<na>", "#n/a", "#null!", *(f".{one}" for one in ascii_lowercase)})
"""Marks that programs write and nobody uses as a label: Stata's ., .a to .z, and spreadsheets'."""

_WORDS = frozenset({"", "-", "na", "n/a", "null", "none"})
"""Words for a missing number; in other columns NA is Namibia, and none may be a religion."""


def is_mark(text: str) -> bool:
    """Return True for a mark that stands for a missing value in a column of any kind."""
    return text.strip().lower() in MARKS


def is_blank(text: str) -> bool:
    """Return True for what stands for a missing value in a column of numbers."""
    return text.strip().lower() in _WORDS or is_mark(text)
