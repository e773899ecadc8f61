"""Power of a planned study: the smallest effects that it finds with a probability of 80 %.

An effect is found if the test at 5 % rejects that there is none. Its t statistic then has a
noncentral t distribution; the smallest effect found with 80 % is the standard error times the
noncentrality at which that happens. Figures of cells have the errors of `errors.py` and, as in
`regression.contrasts`, topics - 1 degrees of freedom.

The slope of capability within families rests on two strata. With u a model's mean within-capability
over L languages and w the rest, t the variance of a model's mean times L and s that of the rest,
the information on a slope is I = sum(u^2) L / t + sum(w^2) / s. By Satterthwaite its degrees of
freedom are 1 / (p^2 / d + (1 - p)^2 / e), where p is the share of the first part and d and e the
degrees of freedom of t and s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache

import numpy as np
from scipy import special

from culture_ray.measures.result import FEWEST_TOPICS, FloatArray
from culture_ray.simulation.errors import ErrorVariances, error_variances
from culture_ray.simulation.study import simulate_capability
from culture_ray.simulation.world import World

POWER, SIZE = 0.8, 0.05

_FEWEST_DF = 2.0
"""Fewest degrees of freedom with which the regression gives a slope a standard error."""


@dataclass(frozen=True)
class FamilySpread:
    """Number of models of a family, and how their capability differs."""

    models: int
    between: float | None = None
    """Sum over models of the squared mean of within-capability over languages; None where a
    model's capability is not known, for what is usual."""
    residual: float | None = None
    """Sum over models and languages of its squared deviation from these means."""


@dataclass(frozen=True)
class StudyDesign:
    """Planned design of a study, as far as its power depends on it."""

    families: tuple[FamilySpread, ...]
    languages: int
    topics: int
    responses: int
    """Usable responses of a model in a language."""
    judge_error: float
    """Probability that the judge reads an opinion as its opposite."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return the number of models of each family."""
        return tuple(family.models for family in self.families)


@dataclass(frozen=True)
class SmallestEffects:
    """Smallest effects found with 80 % power; None where the design has no such test."""

    slope: float | None
    """Alignment per unit of capability within families, one slope for all (`within_pooled`)."""
    slope_of_family: float | None
    """The same with a slope per family (`within`): the mean over families."""
    us_bias_cell: float | None
    """US bias of one model in one language."""
    us_bias: float | None
    """Mean US bias over all models and languages."""
    difference_cell: float | None
    """Difference in alignment between two models in one language."""
    difference: float | None
    """Difference in alignment between two models over all languages."""


EFFECTS = tuple(field.name for field in fields(SmallestEffects))


@dataclass(frozen=True)
class Power:
    """Smallest effects of a planned study, and of the same with more of each part."""

    design: StudyDesign
    effects: Mapping[str, SmallestEffects]
    """By variant of the design, such as `twice the topics`; the first is `as planned`."""


def power_of(design: StudyDesign) -> Power:
    """Return the power of a design and of its variants."""
    found = {name: smallest_effects(variant) for name, variant in _variants(design).items()}
    return Power(design, found)


def smallest_effects(design: StudyDesign) -> SmallestEffects:
    """Return the smallest effects that a study of this design finds with 80 % power.

    Errors are those of simulated studies that resemble the published one; the same arguments give
    the same figures.
    """
    if design.topics < FEWEST_TOPICS or not design.families or not design.languages:
        return SmallestEffects(*[None] * len(EFFECTS))
    errors = error_variances(design.topics, design.responses, round(design.judge_error, 3))
    df = design.topics - 1.0
    several = sum(design.sizes) > 1
    us, aligned = errors.us_bias, errors.alignment
    return SmallestEffects(
        slope=_slope(design, errors),
        slope_of_family=_slope_of_family(design, errors),
        us_bias_cell=_smallest(us.cell, df),
        us_bias=_smallest(us.of_mean(design.sizes, design.languages), df),
        difference_cell=_smallest(aligned.of_difference(1), df) if several else None,
        difference=_smallest(aligned.of_difference(design.languages), df) if several else None,
    )


def _variants(design: StudyDesign) -> dict[str, StudyDesign]:
    """Return the design as planned, and with twice the topics, models and responses."""
    twice = tuple(
        FamilySpread(2 * f.models, _doubled(f.between), _doubled(f.residual))
        if f.models > 1
        else FamilySpread(2)
        for f in design.families
    )
    return {
        "as planned": design,
        "twice the topics": replace(design, topics=2 * design.topics),
        "twice the models": replace(design, families=twice),
        "twice the responses": replace(design, responses=2 * design.responses),
    }


def family_spread(capability: FloatArray) -> FamilySpread:
    """Return the spread of a family from its models' capability, models x languages.

    NaN where a capability is not known, in which case the usual spread is taken.
    """
    models = len(capability)
    if models < 2 or np.isnan(capability).any():
        return FamilySpread(models)
    within = capability - capability.mean(axis=0)
    means = within.mean(axis=1, keepdims=True)
    return FamilySpread(models, float((means**2).sum()), float(((within - means) ** 2).sum()))


def noncentrality(df: float) -> float:
    """Return the noncentrality at which a two-sided t test at 5 % rejects with 80 %."""
    critical = special.stdtrit(df, 1 - SIZE / 2)
    return float(special.nctdtrinc(df, 1 - POWER, critical))


def _smallest(variance: float, df: float) -> float | None:
    if df < _FEWEST_DF or not variance > 0:
        return None
    return noncentrality(df) * float(np.sqrt(variance))


def _slope(design: StudyDesign, errors: ErrorVariances) -> float | None:
    """Return the smallest slope that all families have in common."""
    several = [f for f in design.families if f.models > 1]
    spare = sum(f.models - 1 for f in several)
    information = sum(_information(f, design.languages, errors) for f in several)
    return _smallest_slope(information, spare - 1, spare * (design.languages - 1) - 1)


def _slope_of_family(design: StudyDesign, errors: ErrorVariances) -> float | None:
    """Return the smallest slope of one family, the mean over the families that have one."""
    several = [f for f in design.families if f.models > 1]
    spare = sum(f.models - 1 for f in several)
    slopes = len(several)
    found = [
        _smallest_slope(
            _information(f, design.languages, errors),
            spare - slopes,
            spare * (design.languages - 1) - slopes,
        )
        for f in several
    ]
    known = [slope for slope in found if slope is not None]
    return float(np.mean(known)) if known else None


def _information(family: FamilySpread, languages: int, errors: ErrorVariances) -> FloatArray:
    """Return the two parts of the information that a family has on its slope; (2,)."""
    between, residual = family.between, family.residual
    if between is None or residual is None:
        between, residual = _usual_spread(family.models, languages)
    of_mean = errors.between_cells + languages * errors.between_models
    return np.array([between * languages / of_mean, residual / errors.between_cells])


def _smallest_slope(information: FloatArray | int, models_df: int, cells_df: int) -> float | None:
    """Return the smallest slope with the two parts of its information and their df."""
    # With fewer spare models the regression gives no standard error.
    if models_df < _FEWEST_DF:
        return None
    total = float(np.sum(information))
    share = np.asarray(information) / total
    spare = np.array([models_df, cells_df], dtype=np.float64)
    # A stratum without degrees of freedom has no part in the slope's error.
    parts = np.where(spare > 0, share**2 / np.maximum(spare, 1), 0.0)
    return _smallest(1 / total, float(1 / parts.sum()))


@cache
def _usual_spread(models: int, languages: int) -> tuple[float, float]:
    """Return the spread of a family as simulated studies have it, the mean over a hundred."""
    rng, world = np.random.default_rng(0), World(families=1, per_family=models, languages=languages)
    spreads = [
        family_spread(simulate_capability(world, rng)[0].reshape(models, languages))
        for _ in range(100)
    ]
    return (
        float(np.mean([spread.between or 0.0 for spread in spreads])),
        float(np.mean([spread.residual or 0.0 for spread in spreads])),
    )


def _doubled(value: float | None) -> float | None:
    return None if value is None else 2 * value
