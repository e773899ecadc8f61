"""Rows of a benchmark: an item in one language, and the texts of a request that puts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RightAnswer:
    """One right answer of an item."""

    text: str
    """Text of the answer; for options, the text of the option."""
    option: int | None = None
    """Index among the item's options; None for answers without options."""
    weight: float = 1.0
    """Weight, such as a number of votes."""


@dataclass(frozen=True)
class Exchange:
    """Earlier exchange of a conversation."""

    user: str
    assistant: str


@dataclass(frozen=True)
class BenchmarkItem:
    """One item in one language: a row of `items.arrow`."""

    id: str
    """The same in every language."""
    cluster: str
    """Unit that inference draws."""
    language: str
    """Language tag of the run."""
    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    """Further texts by their names in prompts."""
    options: tuple[str, ...] = ()
    """Options in the order of the source."""
    answers: tuple[RightAnswer, ...] = ()
    """Right answers; empty where the benchmark has none."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """Group by grouping."""
    turns: tuple[Exchange, ...] = ()
    """Exchanges before the item's own prompt."""


@dataclass(frozen=True)
class Messages:
    """Texts of one request, in the form that engines take."""

    prompt: str
    system: str = ""
    turns: tuple[Exchange, ...] = ()
    """Worked examples, the item's own exchanges, and those of earlier steps."""
