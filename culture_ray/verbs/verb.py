"""What a verb is: a name, words for people, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """One word of the console command."""

    name: str
    summary: str
    """One line for the overview."""
    description: str
    examples: tuple[tuple[str, str], ...]
    """(command, what it does)."""
    act: Callable[[list[str]], int]
    """Takes the overrides, returns the exit code, raises CultureRayError."""
