"""Agreement of raters of described opinions, with intervals over responses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from culture_ray.judging.agreement import pairwise_agreement
from culture_ray.judging.intervals import (
    FloatArray,
    Interval,
    alphas,
    coincidences,
    jackknife,
    kappas,
)
from culture_ray.judging.prompt import STANCES

Rating = str | None


@dataclass(frozen=True)
class Agreement:
    """Agreement of raters of the same described opinions."""

    raters: tuple[str, ...]
    responses: int
    """Number of responses with at least one opinion that two of them rated."""
    statements: int
    """Number of opinions that at least two of them rated."""
    share: float | None
    """Share of equal pairs among all pairs of ratings of the same opinion."""
    kappa: Interval | None
    """Cohen's kappa; None for more than two raters, or if agreement by chance is complete."""
    alpha: Interval | None
    """Krippendorff's nominal alpha; None if all ratings are equal."""


def rate_agreement(
    raters: Sequence[str], responses: Sequence[Sequence[Sequence[Rating]]]
) -> Agreement:
    """Return the agreement of `raters` over `responses`: per response, opinions x raters.

    None is a missing rating. The 95 % intervals are from the jackknife over responses, since
    ratings of the opinions of one response are dependent. Raises ValueError for an unknown stance.
    """
    ratings = [[_indices(opinion) for opinion in response] for response in responses]
    rated = [[unit for unit in units if len(unit) >= 2] for units in ratings]
    rated = [units for units in rated if units]
    all_units = [unit for units in rated for unit in units]
    shape = (len(rated), len(STANCES), len(STANCES))
    coincident = np.array([coincidences(units, len(STANCES)) for units in rated]).reshape(shape)
    return Agreement(
        raters=tuple(raters),
        responses=len(rated),
        statements=len(all_units),
        share=pairwise_agreement(all_units),
        kappa=jackknife(_pair_tables(rated), kappas) if len(raters) == 2 else None,
        alpha=jackknife(coincident, alphas),
    )


def _pair_tables(rated: Sequence[Sequence[Sequence[int]]]) -> FloatArray:
    """Return the table of first by second rating of each response with two raters; (R, C, C)."""
    tables = np.zeros((len(rated), len(STANCES), len(STANCES)))
    for table, units in zip(tables, rated, strict=True):
        for first, second in units:
            table[first, second] += 1
    return tables


def _indices(opinion: Sequence[Rating]) -> list[int]:
    """Return the ratings of an opinion as indices into STANCES, without the missing ones."""
    stances = [rating for rating in opinion if rating is not None]
    for stance in stances:
        if stance not in STANCES:
            raise ValueError(f"stances are {', '.join(STANCES)}, found {stance!r}")
    return [STANCES.index(stance) for stance in stances]
