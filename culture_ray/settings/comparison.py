"""Settings of the data that models are compared with: populations, capability, baselines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import MinLen, doc

Baseline = Literal["uniform_random", "fifty_percent", "perfect"]


@dataclass(frozen=True)
class PopulationSettings:
    """Populations that the models are compared with, and their figures."""

    name: str
    source: str
    table: str
    recode: Literal["paper", "symmetric"] = "paper"
    compare: Annotated[tuple[str, ...], MinLen(1), doc("[all] or at least one population")] = (
        "all",
    )
    us: str = "US"
    answers: str | None = None
    """File with the distributions of their answers, next to `table`; None without any."""
    respondents: str | None = None
    """File of the survey's respondents by profile, next to `table`; None without any."""
    respondent_columns: Mapping[str, str] = field(default_factory=dict)
    """Column of the survey that each characteristic of a profile was read from."""


@dataclass(frozen=True)
class CapabilitySettings:
    """Source of the benchmark scores."""

    name: str
    source: str
    table: str = ""
    """File of scores; empty for those that the run's own benchmarks measure."""

    @property
    def measured(self) -> bool:
        """Return True if the run's own benchmarks measure capability."""
        return not self.table
