"""Tables of ground truth: read from a file, and made from figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from culture_ray.errors import BadTable
from culture_ray.survey.files import numbers_of, read_table
from culture_ray.survey.ground_truth import KINDS, Figures, GroundTruth, Population
from culture_ray.tables import GROUND_TRUTH


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
        figures[row, column] = numbers_of(table, name)
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
    values = numbers_of(table, name)
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
