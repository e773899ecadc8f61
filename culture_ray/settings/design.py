"""Settings of prompts: the design, and the sampling of each protocol."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge

from culture_ray.engines.interface import Sampling
from culture_ray.prompts.factors import Factors
from culture_ray.prompts.item_groups import GroupBy


@dataclass(frozen=True)
class DesignSettings:
    """Design of the prompts of each language."""

    kind: Literal["balanced", "full_factorial", "independent"] = "balanced"
    prompts_per_language: Annotated[int, Ge(1)] = 300
    samples: Annotated[int, Ge(1)] = 1


@dataclass(frozen=True)
class ProtocolSettings:
    """Sampling and number of prompts of a protocol."""

    sampling: Sampling = field(default_factory=Sampling)
    prompts_per_language: Annotated[int, Ge(1)] | None = None
    """Null takes the design's; a protocol with a persona has this number for each country."""
    samples: Annotated[int, Ge(1)] | None = None
    """Null takes the design's, or 1 in a protocol whose answers are read as probabilities."""
    countries: tuple[str, ...] = ()
    """Countries of the personas, by population name; all are asked in every language of the run."""
    factors: Factors = field(default_factory=Factors)
    """Levels of the factors in which every prompt is varied."""
    groups: GroupBy | None = None
    """Topics that a prompt or a conversation asks together: those that the survey asks as one
    question (`battery`), those of a `category`, or `all`. Null where each is asked alone."""
