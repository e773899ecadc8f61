"""Job of `culture-ray populations` and its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pyarrow as pa

from culture_ray.survey.microdata.mapping import POOLED, WITHIN, SurveyMapping
from culture_ray.survey.microdata.notices import Notice
from culture_ray.survey.microdata.option_shares import OptionShares
from culture_ray.survey.microdata.profiled import ProfileRule
from culture_ray.survey.names import Names

SingleUnit = Literal["missing", "centered"]


@dataclass(frozen=True)
class PopulationsJob:
    """Job of `culture-ray populations`: data files, settings, and the folder to write to."""

    files: tuple[Path, ...]
    survey: SurveyMapping | OptionShares
    name: str
    folder: Path
    """Folder of a configuration; files are written to its subfolder `populations`."""
    recode: str
    by: tuple[str, ...]
    names: Names
    command: str
    countries: tuple[str, ...] | None = None
    regions: Mapping[str, str] | None = None
    """Region by country; None for the regions in `names`, of countries that are in the file."""
    us: str = "US"
    weights: str | None = None
    """Kind of weights for all populations; None for those within and across countries."""
    single_unit: SingleUnit = "missing"
    """Errors of a population with answers from a stratum of one cluster: `missing`, or the cluster
    is `centered` at the population's figure."""
    need_topics: bool = False
    drop_unexpected: bool = False
    surveys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Columns that the file of each survey of the configuration must have, by its name."""
    profiles: ProfileRule | None = None
    """Characteristics by which respondents are described; None writes no respondents."""

    @property
    def weighting(self) -> str:
        """Return the product of the columns of weights, as text; both if there are two."""
        if isinstance(self.survey, OptionShares):
            return "the source's weights"
        kinds = [self.weights] if self.weights else [WITHIN, POOLED]
        products = [" x ".join(self.survey.weights.get(kind, ())) or "none" for kind in kinds]
        if len(set(products)) == 1:
            return products[0]
        return f"{products[0]} within countries, {products[1]} across them"


@dataclass(frozen=True, eq=False)
class PopulationsResult:
    """Files written by `culture-ray populations`, and notices about them."""

    config: Path
    table: Path
    populations: pa.Table
    """POPULATIONS schema."""
    respondents: int | None
    """Number of respondents; None where a source publishes distributions alone."""
    topics: int
    notices: tuple[Notice, ...]
    respondents_file: Path | None = None
    """File of respondents by profile; None if none was asked for."""
