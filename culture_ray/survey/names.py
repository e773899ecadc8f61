"""Readable names of the codes in a survey file, from conf/names.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from culture_ray.errors import WrongValue
from culture_ray.survey.fields import Fields

if TYPE_CHECKING:
    from culture_ray.survey.ground_truth import Population


@dataclass(frozen=True)
class Names:
    """Readable names by code; a code without a name is shown as it is."""

    countries: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    """Region by country."""
    languages: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """(English name, native name) by code."""
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Names of a column's labels, by column."""
    main_languages: Mapping[str, str] = field(default_factory=dict)
    """Language that most people of a country are interviewed in, by country."""

    def labelled(self, population: Population, spoken: str | None = None) -> Population:
        """Return a population with its readable label: 'Denmark', 'Denmark, women'.

        `spoken` is the survey's column of languages.
        """
        if population.kind == "world":
            return replace(population, label="World")
        if population.kind == "language":
            return replace(population, label=f"Speakers of {self._spoken(population.name)}")
        parts = [self._part(part, spoken) for part in population.name.split("/")]
        return replace(population, label=", ".join(parts))

    def _spoken(self, name: str) -> str:
        code = name.partition(":")[2]
        return self.languages.get(code, (code, code))[0]

    def _part(self, part: str, spoken: str | None) -> str:
        column, equals, label = part.partition("=")
        if not equals:
            return self.countries.get(part, part)
        if column == spoken:
            return f"interviewed in {self.languages.get(label, (label, label))[0]}"
        return self.columns.get(column, {}).get(label, part)


def read_names(mapping: Mapping[str, object]) -> Names:
    """Read the content of conf/names.yaml; raises WrongValue and UnknownName."""
    top = Fields.of(mapping, "names").known(("countries", "languages", "main_languages", "columns"))
    countries, regions = {}, {}
    by_region = top.nested("countries")
    for region in by_region.values:
        entry = by_region.nested(str(region))
        for code in entry.values:
            countries[str(code)] = entry.text(code)
            regions[str(code)] = str(region)
    languages = {}
    spoken = top.nested("languages")
    for code, pair in spoken.values.items():
        texts = [name for name in pair if isinstance(name, str)] if isinstance(pair, list) else []
        if len(texts) != 2:
            raise WrongValue(spoken.at(code), pair, "[English name, native name]")
        languages[str(code)] = (texts[0], texts[1])
    columns = {}
    labels = top.nested("columns")
    for column in labels.values:
        entry = labels.nested(str(column))
        columns[str(column)] = {str(label): entry.text(label) for label in entry.values}
    main = Fields.of(mapping.get("main_languages") or {}, "names.main_languages")
    main_languages = {str(code): main.text(code) for code in main.values}
    return Names(countries, regions, languages, columns, main_languages)
