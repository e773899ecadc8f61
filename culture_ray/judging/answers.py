"""Answers to survey questions with options, read by rule from probabilities or from a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from culture_ray.judging.polarity import value_polarity
from culture_ray.survey.topics import Scale

LOW_MASS = 0.5
"""Total probability of the options below which a response mostly says something else."""


@dataclass(frozen=True)
class SideProbabilities:
    """Probabilities of the sides of a topic; the rest to 1 is on words other than the options."""

    pro: float
    con: float
    middle: float

    @property
    def mass(self) -> float:
        """Total probability of all options, 0..1."""
        return self.pro + self.con + self.middle

    @property
    def value_polarity(self) -> float | None:
        """Value polarity of the probabilities, 0..1; None where neither side has any."""
        return value_polarity(self.pro, self.con)


def side_probabilities(
    codes: Sequence[int], probabilities: Sequence[float], scale: Scale
) -> SideProbabilities:
    """Return the probability of each side, from the options' answer codes and probabilities."""

    def of(side: Sequence[int]) -> float:
        return sum(p for code, p in zip(codes, probabilities, strict=True) if code in side)

    return SideProbabilities(of(scale.pro), of(scale.con), of(scale.middle))


def chosen_option(text: str, letters: Sequence[str], texts: Sequence[str]) -> int | None:
    """Return the index of the option that a text chooses; None if it chooses none.

    A text chooses an option by starting with its letter, standing alone, or with its text; if it
    starts with the texts of several options, the longest counts. If every option starts with a
    number, as on scales from 1 to 10, the number alone is enough, but not a range ("2-3").
    """
    alone = re.match(r"[\s*_(\"'“]*([A-Z])(?:[\s*_\"'”]*$|[*_]*[.):,]|\s*\n|\s+[-–—])", text)
    if alone and alone[1] in letters:
        return letters.index(alone[1])
    numbers = [re.match(r"\d+", option) for option in texts]
    begins = re.match(r"[\s*_(\"'“]*(\d+)(?!\s*[-–—]\s*\d|[.,]?\d)", text)
    if begins and numbers and all(numbers):
        equal = [index for index, number in enumerate(numbers) if number and number[0] == begins[1]]
        return equal[0] if equal else None
    plain = _plain(text)
    repeated = [
        (len(option), index)
        for index, option in enumerate(map(_plain, texts))
        if re.match(rf"{re.escape(option)}(?!\w)", plain)
    ]
    return max(repeated)[1] if repeated else None


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*_\"'“”]", " ", text).casefold().split())
