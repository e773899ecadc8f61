"""List of one kind of thing: its rows, its columns on the screen, and what else is to be said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ListColumn:
    """A column on the screen."""

    title: str
    text: Callable[[Any], str]
    """Text of a row."""
    right: bool = False
    wraps: bool = False
    """True if its texts may take several lines."""


@dataclass(frozen=True)
class Listing:
    """Rows of a list, after its filters."""

    rows: Sequence[Any]
    """Dataclasses, whose fields are what --json prints."""
    columns: Sequence[ListColumn]
    total: int
    """Number of things before the filters."""
    noun: str
    """Name of one of them, such as topic."""
    where: str = ""
    """Place of the things, with the words before it, such as ' in results'."""
    notes: tuple[str, ...] = ()


def contains(sought: str | None, *texts: str) -> bool:
    """Return True if a text contains what is sought in any letter case, or nothing is sought."""
    return sought is None or any(sought.casefold() in text.casefold() for text in texts)


def known(number: int | None) -> str:
    """Return a number for the screen, or ? for one that is not known."""
    return "?" if number is None else f"{number:,}"
