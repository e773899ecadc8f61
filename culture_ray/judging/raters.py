"""Agreement of raters over whole responses, with intervals that keep a response together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from culture_ray.judging.agreement import pairwise_agreement
from culture_ray.judging.intervals import Interval, alphas, jackknife, kappas
from culture_ray.judging.prompt import STANCES

Rating = str | None


@dataclass(frozen=True)
class Agreement:
    """How far raters of the same described opinions agree."""

    raters: tuple[str, ...]
    responses: int
    """Responses with at least one opinion that two of them rated."""
    statements: int
    """Opinions that at least two of them rated."""
    share: float | None
    """Equal pairs among all pairs of ratings of the same opinion."""
    kappa: Interval | None
    """Cohen's kappa; None for more than two raters, and where chance alone agrees fully."""
    alpha: Interval | None
    """Krippendorff's alpha, nominal; None where there is nothing to disagree about."""


def rate_agreement(
    raters: Sequence[str], responses: Sequence[Sequence[Sequence[Rating]]]
) -> Agreement:
    """Return the agreement of `raters` over `responses`: per response, opinions x raters.

    None is a missing rating. Intervals are at 95 %, from the jackknife over responses, since the
    opinions of one response are read alike. Raises ValueError on an unknown stance.
    """
    rated = [[unit for unit in one if _many(unit) >= 2] for one in responses]
    rated = [one for one in rated if one]
    units = [unit for one in rated for unit in one]
    pairs = np.zeros((len(rated), len(STANCES), len(STANCES)))
    shares = np.zeros_like(pairs)
    for index, one in enumerate(rated):
        for unit in one:
            given = [_place(rating) for rating in unit if rating is not None]
            for a, b in combinations(given, 2):
                pairs[index, a, b] += 1
                shares[index, a, b] += 1 / (len(given) - 1)
                shares[index, b, a] += 1 / (len(given) - 1)
    return Agreement(
        raters=tuple(raters),
        responses=len(rated),
        statements=len(units),
        share=pairwise_agreement(units),
        kappa=jackknife(pairs, kappas) if len(raters) == 2 else None,
        alpha=jackknife(shares, alphas),
    )


def _many(unit: Sequence[Rating]) -> int:
    return sum(rating is not None for rating in unit)


def _place(rating: str) -> int:
    if rating not in STANCES:
        raise ValueError(f"stances are {', '.join(STANCES)}, found {rating!r}")
    return STANCES.index(rating)
