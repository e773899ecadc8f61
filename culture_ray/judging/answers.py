"""Answers to a survey question with options, read by rule: from probabilities, or from a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from culture_ray.judging.polarity import value_polarity
from culture_ray.survey.topics import Scale

LOW_MASS = 0.5
"""With less of the probability on its options, a response mostly says something else."""


@dataclass(frozen=True)
class Shares:
    """How probable the sides of a topic are; what is missing to 1 lies on other words."""

    pro: float
    con: float
    middle: float

    @property
    def mass(self) -> float:
        """Return the probability of all options, 0..1."""
        return self.pro + self.con + self.middle

    @property
    def value_polarity(self) -> float | None:
        """Value polarity of the probabilities, 0..1; None where neither side has any."""
        return value_polarity(self.pro, self.con)


def shares(codes: Sequence[int], probabilities: Sequence[float], scale: Scale) -> Shares:
    """Return how probable each side is, from the options' answer codes and their probabilities."""

    def of(side: Sequence[int]) -> float:
        return sum(p for code, p in zip(codes, probabilities, strict=True) if code in side)

    return Shares(of(scale.pro), of(scale.con), of(scale.middle))


def chosen(text: str, letters: Sequence[str], texts: Sequence[str]) -> int | None:
    """Return which option a text chooses, by its place; None when it does not say.

    A text chooses by beginning with a letter that stands alone, or by repeating an option; where
    it begins with several options, the longest counts. Where every option begins with a number, as
    on scales from 1 to 10, the number alone chooses; a range ("2-3") does not.
    """
    alone = re.match(r"[\s*_(\"'“]*([A-Z])(?:[\s*_\"'”]*$|[*_]*[.):,]|\s*\n|\s+[-–—])", text)
    if alone and alone[1] in letters:
        return letters.index(alone[1])
    numbers = [re.match(r"\d+", option) for option in texts]
    begins = re.match(r"[\s*_(\"'“]*(\d+)(?!\s*[-–—]\s*\d|[.,]?\d)", text)
    if begins and numbers and all(numbers):
        same = [place for place, number in enumerate(numbers) if number and number[0] == begins[1]]
        return same[0] if same else None
    said = _plain(text)
    repeated = [
        (len(option), place)
        for place, option in enumerate(map(_plain, texts))
        if re.match(rf"{re.escape(option)}(?!\w)", said)
    ]
    return max(repeated)[1] if repeated else None


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*_\"'“”]", " ", text).casefold().split())
