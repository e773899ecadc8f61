"""Settings of the statistical inference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Gt

Outcome = Literal["responses", "topics", "disattenuated", "closeness"]
"""Outcome of a regression: alignment over single responses, over topic means, or over responses
without their noise; or closeness, 1 - the mean absolute difference from the speakers' averages."""

BAYESIAN_DRAWS = 1000


@dataclass(frozen=True)
class InferenceSettings:
    """Method of the statistical inference and its numbers of draws."""

    mode: Literal["valid", "paper"] = "valid"
    rounds: Annotated[int, Ge(2)] = 2000
    """Draws of the joint topic bootstrap."""
    permutations: Annotated[int, Ge(0)] = 1999
    """Largest number of permutations in the permutation test; 0 skips the test."""
    outcome: Outcome = "responses"
    """Outcome of multilingual.csv; outcomes.csv has all of them. The published one is responses.
    """
    topics: Literal["random", "fixed"] = "random"
    """Topics as a sample of those that could have been asked, or as the only ones of interest."""
    same_model: tuple[tuple[str, ...], ...] = ()
    """Groups of models that are one model under several names, analysed as one."""
    smallest_effect: Annotated[float, Gt(0)] | None = None
    """Smallest US bias of interest, in points of alignment; null for no test of equivalence."""
    smallest_slope: Annotated[float, Gt(0)] | None = None
    """Smallest slope of interest, in points of alignment from capability 0 to 1; null for none."""
    bayesian: bool = False
    """True for a Bayesian fit of the default design beside it, in regression/bayesian.csv."""
    bayesian_draws: Annotated[int, Ge(2)] = BAYESIAN_DRAWS
    """Draws of each of its four chains, after as many to tune it."""
    published_rounds: Annotated[int, Ge(2)] = 100
    """Bootstrap rounds used as rows in the published analysis."""
    design: str = "within"
    """Name in `designs` of the design in multilingual.csv."""
    designs: Mapping[str, str] = field(default_factory=dict)
    """Formulas by name; see culture_ray/regression/designs.py."""
