"""Rows of a benchmark: an item in one language, and a request that puts it to a model."""

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
class Message:
    """One message of a conversation."""

    role: str
    """system, user or assistant."""
    content: str


@dataclass(frozen=True)
class BenchmarkItem:
    """One item in one language."""

    id: str
    """The same in every language."""
    cluster: str
    """Unit that inference draws."""
    language: str
    """Language tag of the run."""
    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    """Options in the order of the source."""
    answers: tuple[RightAnswer, ...] = ()
    """Right answers; empty where the benchmark has none."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """Group by grouping."""
    turns: tuple[Message, ...] = ()
    """Messages before the item's own prompt."""


@dataclass(frozen=True)
class ItemRequest:
    """One request that puts one item: what its id derives from, and its texts."""

    request_id: str
    model: str
    language: str
    """Language of the item."""
    item: str
    condition: str
    step: str
    """Name of the step; the last step of a condition is the one that is scored."""
    part: int
    """Index of the entry of the list that a step goes over, or of the statement; 0 otherwise."""
    variant: int
    """Index of the prompt among those of the language, from 0."""
    order: str
    """Order of the options: as_is or reversed."""
    sample: int
    prompt_language: str = ""
    """Language of the prompt: `en` where a language has none."""
    messages: tuple[Message, ...] = ()
    """Messages sent, the system message first."""
    options: tuple[str, ...] = ()
    """Options in the order of the prompt."""
