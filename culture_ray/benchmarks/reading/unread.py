"""Reasons why an answer to an item has no value."""

from __future__ import annotations

from enum import StrEnum


class Unread(StrEnum):
    """Reason why an answer cannot be read; it counts as unparsable, and never as a guess."""

    EMPTY = "empty"
    """An answer without text."""
    REFUSAL = "refusal"
    """The model declines to answer."""
    NOTHING = "nothing"
    """The text names none of the values that were asked for."""
    CONTRADICTION = "contradiction"
    """The text states several of them, or a value between two."""

    @property
    def text(self) -> str:
        """Reason as a phrase for tables."""
        return _TEXTS[self]


_TEXTS = {
    Unread.EMPTY: "the answer is empty",
    Unread.REFUSAL: "the model declines to answer",
    Unread.NOTHING: "the answer names none of the values asked for",
    Unread.CONTRADICTION: "the answer states several values",
}
