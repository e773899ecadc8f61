"""Answers to survey questions with options, as probabilities of the sides of a topic."""

from __future__ import annotations

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
