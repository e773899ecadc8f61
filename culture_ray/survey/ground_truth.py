"""Ground truth: survey answers of populations, as arrays over populations and topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from culture_ray.errors import UnknownName
from culture_ray.survey.language_tags import nearest_code, region_of

KINDS = ("country", "language", "region", "group", "world")
Figures = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Population:
    """A population of respondents: `DK`, `speakers:da` or `world`; `kind` is one of KINDS."""

    name: str
    kind: str
    languages: tuple[str, ...]
    label: str = field(default="", compare=False)
    """Readable name; empty if the figures have none."""

    @property
    def title(self) -> str:
        """Return the label, or the name if there is no label."""
        return self.label or self.name


@dataclass(frozen=True, eq=False)
class GroundTruth:
    """Figures of populations (rows) and topics (columns); NaN where a figure is missing.

    `value_polarity` and `std_error` are shares 0..1, `n` counts respondents; each is (P, T).
    """

    populations: tuple[Population, ...]
    topics: tuple[str, ...]
    value_polarity: Figures
    std_error: Figures
    n: Figures
    source: str

    def for_topics(self, topic_ids: Sequence[str]) -> GroundTruth:
        """Return the figures of these topics in this order; an unknown topic is all NaN."""
        column = {topic: index for index, topic in enumerate(self.topics)}
        width = len(self.topics)
        chosen = [column.get(topic, width) for topic in topic_ids]

        def pick(figures: Figures) -> Figures:
            blank = np.full((len(figures), 1), np.nan)
            return np.hstack([figures, blank])[:, chosen]

        return replace(
            self,
            topics=tuple(topic_ids),
            value_polarity=pick(self.value_polarity),
            std_error=pick(self.std_error),
            n=pick(self.n),
        )

    def for_populations(self, names: Sequence[str]) -> GroundTruth:
        """Return the figures of these populations in this order; `["all"]` keeps all.

        Raises UnknownName for a population without figures.
        """
        if list(names) == ["all"]:
            return self
        rows = [self.row(name) for name in names]
        return replace(
            self,
            populations=tuple(self.populations[row] for row in rows),
            value_polarity=self.value_polarity[rows],
            std_error=self.std_error[rows],
            n=self.n[rows],
        )

    def row(self, name: str) -> int:
        """Return the row of a population; raises UnknownName if there is none."""
        names = [population.name for population in self.populations]
        if name not in names:
            raise UnknownName("population", name, [*names, "all"], where=self.source)
        return names.index(name)

    def speakers_of(self, language: str) -> Population | None:
        """Return the speakers of a language (BCP 47), None if there are no figures of them.

        The speakers of pt-BR are those named so, else the country BR if Portuguese is spoken there,
        else all speakers of Portuguese.
        """
        groups = {code: p for p in self.populations if p.kind == "language" for code in p.languages}
        if language in groups:
            return groups[language]
        region = region_of(language)
        country = next((p for p in self.countries_of(language) if p.name == region), None)
        code = nearest_code(language, groups)
        return country or (groups[code] if code is not None else None)

    def countries_of(self, language: str) -> tuple[Population, ...]:
        """Return the countries where a language is spoken: of pt-BR, Brazil if it is there."""
        return spoken_in(language, [p for p in self.populations if p.kind == "country"])


def spoken_in(language: str, countries: Sequence[Population]) -> tuple[Population, ...]:
    """Return the countries where a language (BCP 47) is spoken: of pt-BR, Brazil if it is there."""
    code = nearest_code(language, [spoken for p in countries for spoken in p.languages])
    found = tuple(p for p in countries if code is not None and code in p.languages)
    of_region = tuple(p for p in found if p.name == region_of(language))
    return of_region or found
