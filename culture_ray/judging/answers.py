"""Answers to survey questions with options, as probabilities of the sides of a topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from culture_ray.judging.polarity import value_polarity
from culture_ray.prompts.options import ADDED_MIDDLE, DONT_KNOW
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
    """Return the probability of each side, from the options' answer codes and probabilities.

    A middle point that was added to the scale is on neither side.
    """

    def of(side: Sequence[int]) -> float:
        return sum(p for code, p in zip(codes, probabilities, strict=True) if code in side)

    return SideProbabilities(of(scale.pro), of(scale.con), of((*scale.middle, ADDED_MIDDLE)))


def scale_shares(
    codes: Sequence[int], probabilities: Sequence[float], scale: Scale
) -> list[float] | None:
    """Return the share of each answer on the survey's scale (K,); None if these have nothing.

    "Don't know" does not count. A middle point that was added stands for the two answers beside it,
    half for each; one that was taken away has the share 0.
    """
    given = dict(zip(codes, probabilities, strict=True))
    offered = sorted(code for code in codes if code not in (DONT_KNOW, ADDED_MIDDLE))
    between = given.get(ADDED_MIDDLE, 0.0)
    for code in offered[len(offered) // 2 - 1 : len(offered) // 2 + 1] if between else ():
        given[code] += between / 2
    shares = [given.get(code, 0.0) for code in scale.answers]
    total = sum(shares)
    return [share / total for share in shares] if total > 0 else None
