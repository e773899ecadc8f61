"""Choices of an import: columns, constants, other names, and the meaning of values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from culture_ray.survey.topics import Scale

FILE_NAME = "file_name"
"""Value of `constants.model` that stands for the name of each file without its ending."""

KEYS = ("model", "language", "topic")
"""Facts that every row has to state, in a column or by a constant."""


@dataclass(frozen=True)
class ScoredColumns:
    """Names of the columns in a file of scored responses.

    A response's value stands in `value_polarity`, or else in `pro`, `con` and `neutral`. `answer`,
    `distribution` and `option` with `share` replace these.
    """

    model: str = "model"
    language: str = "language"
    topic: str = "topic"
    value_polarity: str = "value_polarity"
    """Shares 0..1, or lists of stances."""
    pro: str = "pro"
    con: str = "con"
    neutral: str = "neutral"
    """Numbers of opinions; `neutral` may be absent."""
    answer: str | None = None
    """Answer codes on the topic's scale."""
    distribution: str | tuple[str, ...] | None = None
    """Column of lists or mappings of shares over the answer codes, or one column per code."""
    option: str | None = None
    share: str | None = None
    """Answer code and its share, where a response has one row per option."""
    family: str | None = None
    persona: str | None = None
    """Null: a column named persona or country, if there is one."""
    wording: str | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class Constants:
    """Values that hold for every row, for columns that the file lacks."""

    model: str | None = None
    language: str | None = None
    topic: str | None = None
    family: str | None = None
    persona: str | None = None
    wording: str | None = None


@dataclass(frozen=True)
class StanceWords:
    """Words that stand for each stance in lists of stances, in any case."""

    pro: tuple[str, ...] = ("pro",)
    con: tuple[str, ...] = ("con",)
    neutral: tuple[str, ...] = ("neutral", "null")


@dataclass(frozen=True)
class ScoredChoices:
    """All choices of an import."""

    columns: ScoredColumns = field(default_factory=ScoredColumns)
    constants: Constants = field(default_factory=Constants)
    rename: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By column: our names by the file's, in lower case."""
    stances: StanceWords = field(default_factory=StanceWords)
    value_range: tuple[float, float] = (0.0, 1.0)
    """Values of `value_polarity` that stand for 0 and 1."""
    encoding: str = "utf-8"


@dataclass(frozen=True)
class KnownNames:
    """Names that an import understands."""

    scales: Mapping[str, Scale]
    """Answer scale by topic of the catalogue."""
    topics: Mapping[str, str]
    """Topics of the catalogue and of the populations, by their name in lower case."""
    language_tag: Callable[[str], str | None]
    """Function from what a file calls a language to its tag; None if unknown."""
    languages: tuple[str, ...]
    """Names to suggest for an unknown language."""
    population: Callable[[str], str | None]
    """Function from a persona to its population; None for a persona that is no population."""
