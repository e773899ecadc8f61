"""Ground truth: survey answers of populations, as arrays over populations and topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from culture_ray.errors import BadTable, MissingGroundTruth, UnknownName
from culture_ray.survey.files import read_table
from culture_ray.survey.language_tags import nearest_code, region_of
from culture_ray.tables import GROUND_TRUTH

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


@dataclass(frozen=True)
class Gap:
    """A topic without ground truth for a population."""

    topic: str
    population: str


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


def read_ground_truth(path: Path, source: str) -> GroundTruth:
    """Read ground truth from a CSV, Parquet or Arrow file of the GROUND_TRUTH schema.

    Populations and topics are in the order of their first rows. Raises BadTable for missing
    columns, figures outside 0..1, two figures of one cell, and a population whose kind or languages
    differ between rows.
    """
    table = read_table(path, GROUND_TRUTH)
    for name in ("value_polarity", "std_error"):
        _check_share(path, table, name)
    populations = _populations(path, table)
    _, row = _numbered(table, "population")
    topics, column = _numbered(table, "topic")
    _check_doubles(path, table, row * len(topics) + column)

    def filled(name: str) -> Figures:
        figures = np.full((len(populations), len(topics)), np.nan)
        values = table.column(name).to_numpy(zero_copy_only=False)
        figures[row, column] = np.asarray(values, dtype=np.float64)
        return figures

    return GroundTruth(
        populations=populations,
        topics=tuple(topics),
        value_polarity=filled("value_polarity"),
        std_error=filled("std_error"),
        n=filled("n"),
        source=source,
    )


def ground_truth_table(ground_truth: GroundTruth, effective_n: Figures | None = None) -> pa.Table:
    """Return ground truth as a table of the GROUND_TRUTH schema, without NaN cells.

    `effective_n` has the shape (P, T) of the figures.
    """
    effective = np.full_like(ground_truth.n, np.nan) if effective_n is None else effective_n
    row, column = np.nonzero(~np.isnan(ground_truth.value_polarity))
    populations = [ground_truth.populations[index] for index in row]
    n = ground_truth.n[row, column]
    columns = [
        pa.array([population.name for population in populations]),
        pa.array([population.kind for population in populations]),
        pa.array([" ".join(population.languages) for population in populations]),
        pa.array([ground_truth.topics[index] for index in column]),
        pa.array(ground_truth.value_polarity[row, column]),
        pa.array(ground_truth.std_error[row, column], from_pandas=True),
        pa.array(n, from_pandas=True).cast(pa.int32()),
        pa.array(effective[row, column], from_pandas=True),
        pa.array([population.label for population in populations]),
    ]
    return pa.Table.from_arrays(columns, schema=GROUND_TRUTH)


def check_topics(
    ground_truth: GroundTruth,
    topics: Sequence[str],
    populations: Sequence[str],
    *,
    allow_gaps: bool = False,
) -> tuple[Gap, ...]:
    """Return the gaps among `topics` and `populations` (names, or `["all"]`).

    Raises MissingGroundTruth for gaps unless `allow_gaps`, and always for a topic that none of the
    populations answered. Raises UnknownName for a population without figures.
    """
    chosen = ground_truth.for_populations(populations).for_topics(topics)
    absent = np.isnan(chosen.value_polarity)
    unanswered = [topics[column] for column in np.flatnonzero(absent.all(axis=0))]
    if unanswered:
        raise MissingGroundTruth(
            f"no ground truth in {chosen.source} for {_some('topic', unanswered)} in "
            f"{_some('population', [p.name for p in chosen.populations])}: "
            "leave them out with topics.only, or choose figures that cover them"
        )
    gaps = tuple(
        Gap(topics[column], chosen.populations[row].name)
        for column, row in zip(*np.nonzero(absent.T), strict=True)
    )
    if gaps and not allow_gaps:
        shown = [f"{gap.topic} in {gap.population}" for gap in gaps]
        raise MissingGroundTruth(
            f"no ground truth in {chosen.source} for {_some('cell', shown)}: leave the topic out "
            "with topics.only, or the population with populations.compare"
        )
    return gaps


def _populations(path: Path, table: pa.Table) -> tuple[Population, ...]:
    seen: dict[str, Population] = {}
    names = ("population", "kind", "languages", "label")
    columns = (table.column(name).to_pylist() for name in names)
    for name, kind, languages, label in zip(*columns, strict=True):
        found = Population(name, kind, tuple(languages.split()), label or "")
        if kind not in KINDS:
            expected = ", ".join(KINDS)
            raise BadTable(
                f"{path}: population {name} has the kind '{kind}', not one of {expected}"
            )
        if seen.setdefault(name, found) != found:
            raise BadTable(
                f"{path}: population {name} is {_described(seen[name])} in one row and "
                f"{_described(found)} in another"
            )
    spoken = [language for p in seen.values() if p.kind == "language" for language in p.languages]
    for language in spoken:
        if spoken.count(language) > 1:
            raise BadTable(f"{path}: two populations of kind 'language' speak {language}")
    return tuple(seen.values())


def _numbered(table: pa.Table, name: str) -> tuple[list[str], npt.NDArray[np.int64]]:
    values = [str(value) for value in table.column(name).to_pylist()]
    number = {value: index for index, value in enumerate(dict.fromkeys(values))}
    return list(number), np.array([number[value] for value in values], dtype=np.int64)


def _check_share(path: Path, table: pa.Table, name: str) -> None:
    values = np.asarray(table.column(name).to_numpy(zero_copy_only=False), dtype=np.float64)
    wrong = np.flatnonzero((values < 0) | (values > 1))
    if wrong.size:
        row = int(wrong[0])
        raise BadTable(
            f"{path}: {name} is {values[row]} in data row {row + 1} "
            f"({_cell(table, row)}); it has to lie between 0 and 1"
        )


def _check_doubles(path: Path, table: pa.Table, cells: npt.NDArray[np.int64]) -> None:
    _, first, count = np.unique(cells, return_index=True, return_counts=True)
    if (count > 1).any():
        row = int(first[count > 1].min())
        raise BadTable(f"{path}: duplicate figure of {_cell(table, row)}")


def _cell(table: pa.Table, row: int) -> str:
    return f"population {table['population'][row]}, topic {table['topic'][row]}"


def _described(population: Population) -> str:
    return f"a {population.kind} with languages '{' '.join(population.languages)}'"


def _some(noun: str, names: Sequence[str], shown: int = 6) -> str:
    plural = noun if len(names) == 1 else f"{len(names)} {noun}s:"
    return f"{plural} {', '.join(names[:shown])}{', ...' if len(names) > shown else ''}"
