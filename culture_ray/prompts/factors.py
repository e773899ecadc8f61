"""Factors in which a protocol varies how it asks, and the variants that their levels make.

Each prompt of the design is asked in every combination of levels. A variant is recorded with its
request as text that names the levels other than the usual ones, such as "labels=numbers,
typos=0.05", and as null where all levels are the usual ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import product
from typing import Annotated, Literal

from annotated_types import Ge, Le

LabelKind = Literal["letters", "numbers", "words"]
Direction = Literal["as_is", "reversed"]
DontKnow = Literal["without", "with"]
Middle = Literal["as_is", "with", "without"]
TypoRate = Annotated[float, Ge(0), Le(0.5)]


@dataclass(frozen=True)
class Factors:
    """Levels of each factor of a protocol; the first of each default is the usual level."""

    order: tuple[Direction, ...] = ("as_is", "reversed")
    """Order of the options in the list: the survey's, or reversed. It is part of the wording."""
    labels: tuple[LabelKind, ...] = ("letters",)
    """Labels of the options; `words` have none, and the answer is the option's text."""
    scale: tuple[Direction, ...] = ("as_is",)
    """Labels count up along the list, or down from its first option."""
    dont_know: tuple[DontKnow, ...] = ("without",)
    """Lists with, or without, "don't know" as the last option."""
    typos: tuple[TypoRate, ...] = (0.0,)
    """Shares of the letters of the template and the question that are mistyped."""
    middle: tuple[Middle, ...] = ("as_is",)
    """Scales as the survey has them; all with a middle point (an odd scale), which is added to even
    ones; or all without (an even scale), which is taken from odd ones."""


@dataclass(frozen=True)
class Variant:
    """Levels in which one prompt is asked; the defaults are the usual levels."""

    labels: LabelKind = "letters"
    scale: Direction = "as_is"
    dont_know: DontKnow = "without"
    typos: float = 0.0
    middle: Middle = "as_is"

    @property
    def levels(self) -> dict[str, str]:
        """Return the name of the level of each factor."""
        return {field.name: _named(getattr(self, field.name)) for field in fields(self)}

    @property
    def text(self) -> str | None:
        """Return the levels other than the usual ones as they are recorded; None without any."""
        usual = USUAL.levels
        found = [f"{name}={level}" for name, level in self.levels.items() if level != usual[name]]
        return ", ".join(found) or None

    @staticmethod
    def read(text: str | None) -> Variant:
        """Return the variant of a recorded text; raises ValueError for another text."""
        levels: dict[str, str] = {}
        for part in (text or "").split(", ") if text else ():
            name, found, level = part.partition("=")
            if not found or name not in USUAL.levels:
                raise ValueError(f"'{text}' is not a variant")
            levels[name] = level
        typos = float(levels.pop("typos", 0.0))
        return Variant(typos=typos, **levels)  # type: ignore[arg-type]


USUAL = Variant()


def crossed(factors: Factors) -> tuple[Variant, ...]:
    """Return every combination of levels; the usual one is first where it is among them.

    Options without labels have no labels to reverse, so words are asked with the scale as it is.
    """
    variants = [
        Variant(*levels)
        for levels in product(
            factors.labels, factors.scale, factors.dont_know, factors.typos, factors.middle
        )
    ]
    asked = [each for each in variants if not (each.labels == "words" and each.scale == "reversed")]
    return tuple(sorted(asked, key=lambda each: each != USUAL))


def varied(factors: Factors) -> Mapping[str, tuple[str, ...]]:
    """Return the names of the levels of each factor that is not at its default."""
    usual = Factors()
    return {
        field.name: tuple(map(_named, getattr(factors, field.name)))
        for field in fields(factors)
        if getattr(factors, field.name) != getattr(usual, field.name)
    }


def _named(level: str | float) -> str:
    return level if isinstance(level, str) else f"{level:g}"
