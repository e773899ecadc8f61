"""Division of respondents into populations: by country, language, region or any column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from culture_ray.errors import UnknownName, WrongValue
from culture_ray.survey.ground_truth import KINDS, Population
from culture_ray.survey.microdata.labels import Index, Labels
from culture_ray.survey.microdata.respondents import Microdata

COUNTRY, LANGUAGE = "country", "language"
"""Words for a survey's columns of countries and languages, whatever their names."""


@dataclass(frozen=True)
class Grouping:
    """Division by the labels of `columns`; without columns, one population of all respondents.

    `regions` merges the labels of a single column under new names, such as DK under Nordic;
    respondents with other labels belong to no population. `kind` is that of the populations.
    The words `country` and `language` stand for the survey's columns of these.
    """

    kind: str
    columns: tuple[str, ...] = ()
    regions: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UnknownName("kind of population", self.kind, KINDS)
        if self.regions is not None and len(self.columns) != 1:
            raise WrongValue(
                "columns",
                list(self.columns),
                "exactly one column, because regions merge its labels",
            )


COUNTRIES = Grouping("country", (COUNTRY,))
SPEAKERS = Grouping("language", (LANGUAGE,))
WORLD = Grouping("world")


def grouping_of(word: str, regions: Mapping[str, str]) -> Grouping:
    """Return the grouping of a value of `by`.

    That is `country`, `language`, `world`, `region` (countries merged by `regions`), a column of
    the file such as X001, or several separated by slashes: `country/X001`. Raises WrongValue.
    """
    if word in _WORDS:
        return _WORDS[word]
    if word == "region":
        if not regions:
            raise WrongValue(
                "regions", dict(regions), "regions of countries, because by=[region] needs them"
            )
        return Grouping("region", (COUNTRY,), regions)
    parts = tuple(word.split("/"))
    if not all(parts) or {"world", "region"} & set(parts):
        known = "country, language, region, world, a column, or several with slashes: country/X001"
        raise WrongValue("by", word, known)
    return Grouping("group", parts)


_WORDS = {"country": COUNTRIES, "language": SPEAKERS, "world": WORLD}


def divide(microdata: Microdata, grouping: Grouping) -> tuple[tuple[Population, ...], Index]:
    """Return the populations sorted by name, and each respondent's population index, or -1.

    Names are DK, speakers:da and world; others combine labels as in DK/X001=1. The language of a
    population within one country is that of most of its interviews by weight, as in the published
    figures; a population across countries has none unless it is grouped by language. Raises
    UnknownName for a region's label that no respondent has, and WrongValue for a grouping that
    nobody is in.
    """
    names, member = ["world"], np.zeros(len(microdata.weight), dtype=np.int64)
    columns = columns_of(grouping, microdata)
    for nth, column in enumerate(columns):
        labels = _gathered(column, microdata.columns[column], grouping.regions)
        named = [_named(microdata, grouping, column, value) for value in labels.values]
        if nth == 0:
            names, member = named, labels.index
        else:
            names, member = _crossed(names, member, named, labels.index)
    if not names:
        raise WrongValue("by", "/".join(columns), "columns with a label of at least one respondent")
    spoken = _languages(microdata, grouping, names, member)
    populations = tuple(
        Population(name, grouping.kind, languages)
        for name, languages in zip(names, spoken, strict=True)
    )
    return populations, member


def columns_of(grouping: Grouping, microdata: Microdata) -> tuple[str, ...]:
    """Return the survey's columns that a grouping divides by."""
    words = {COUNTRY: microdata.country, LANGUAGE: microdata.language or LANGUAGE}
    return tuple(words.get(column, column) for column in grouping.columns)


def within_countries(grouping: Grouping, microdata: Microdata) -> bool:
    """Return True if each population of a grouping lies within one country."""
    return grouping.regions is None and microdata.country in columns_of(grouping, microdata)


def _named(microdata: Microdata, grouping: Grouping, column: str, value: str) -> str:
    merged = grouping.regions is not None
    if column == microdata.language and len(grouping.columns) == 1 and not merged:
        return f"speakers:{value}"
    return value if column == microdata.country or merged else f"{column}={value}"


def _gathered(column: str, labels: Labels, regions: Mapping[str, str] | None) -> Labels:
    if regions is None:
        return labels
    for label in regions:
        if label not in labels.values:
            raise UnknownName(f"label of {column}", label, labels.values, where="regions")
    names = sorted(set(regions.values()))
    new = [names.index(regions[value]) if value in regions else -1 for value in labels.values]
    # The last entry maps a missing label (-1) to itself.
    return Labels(tuple(names), np.array([*new, -1], dtype=np.int64)[labels.index])


def _crossed(
    names: list[str], member: Index, others: list[str], other: Index
) -> tuple[list[str], Index]:
    """Return the non-empty combinations of two divisions."""
    both = np.where((member < 0) | (other < 0), -1, member * len(others) + other)
    found, position = np.unique(both, return_inverse=True)
    absent = int(found[0] == -1)
    combined = [
        f"{names[pair // len(others)]}/{others[pair % len(others)]}" for pair in found[absent:]
    ]
    return combined, position.astype(np.int64) - absent


def _languages(
    microdata: Microdata, grouping: Grouping, names: list[str], member: Index
) -> list[tuple[str, ...]]:
    columns = set(columns_of(grouping, microdata))
    if microdata.language is None or grouping.regions is not None:
        return [()] * len(names)
    if not {microdata.country, microdata.language} & columns:
        return [()] * len(names)
    spoken = microdata.columns[microdata.language]
    count = len(spoken.values)
    known = (member >= 0) & (spoken.index >= 0)
    pairs = member[known] * count + spoken.index[known]
    weight = np.bincount(pairs, microdata.weight[known], minlength=len(names) * count)
    shares = weight.reshape(len(names), count)
    return [(spoken.values[row.argmax()],) if row.any() else () for row in shares]
