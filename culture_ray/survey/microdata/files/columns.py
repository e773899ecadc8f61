"""Reader of chosen columns of a survey data file: CSV with any common separator, SPSS or Stata.

Values are returned as they are in the file, as text or numbers; respondents.py interprets them.
"""

from __future__ import annotations

import codecs
import csv
import importlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
from pandas.io.stata import StataReader

from culture_ray.errors import BadTable, MissingExtra


@dataclass(frozen=True)
class Notice:
    """Sentence about values of a data file that were corrected or left out, with their number."""

    text: str
    count: int


@dataclass(frozen=True)
class DataColumns:
    """Columns by requested name, each of text or of 64-bit floats."""

    table: pa.Table
    notices: tuple[Notice, ...]


def read_columns(path: Path, names: Sequence[str], optional: Sequence[str] = ()) -> DataColumns:
    """Read the columns `names`, and those of `optional` that exist, regardless of letter case.

    Other columns are not kept in memory. Raises BadTable for a file that is missing, unreadable or
    lacks a column, and MissingExtra for an SPSS file if the package that reads it is missing.
    """
    if not path.is_file():
        raise BadTable(f"{path}: there is no such file")
    match path.suffix.lower():
        case ".csv" | ".tsv" | ".txt":
            return _from_csv(path, names, optional)
        case ".sav" | ".zsav":
            return _from_spss(path, names, optional)
        case ".dta":
            return _from_stata(path, names, optional)
    raise BadTable(f"{path}: unknown file type; use .csv, .sav or .dta")


def _from_csv(path: Path, names: Sequence[str], optional: Sequence[str]) -> DataColumns:
    with path.open("rb") as file:
        start = file.read(1 << 20)
    encoding = "utf-16" if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf8"
    lines = start.decode(encoding, errors="replace").lstrip("\ufeff").splitlines()
    if not lines:
        raise BadTable(f"{path}: the file is empty")
    separator = max(";,\t", key=lines[0].count)
    found = _chosen(path, next(csv.reader(lines[:1], delimiter=separator)), names, optional)
    try:
        table = pa.csv.read_csv(
            path,
            read_options=pa.csv.ReadOptions(encoding=encoding),
            parse_options=pa.csv.ParseOptions(delimiter=separator),
            convert_options=pa.csv.ConvertOptions(
                include_columns=list(found.values()),
                # Bytes, because such files may mix encodings.
                column_types={column: pa.binary() for column in found.values()},
                null_values=[],
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeError) as problem:
        raise BadTable(f"{path}: cannot be read as CSV: {str(problem)[:200]!r}") from problem
    notices = []
    columns = []
    for column in found.values():
        values, misread = _as_text(table.column(column).combine_chunks())
        columns.append(values)
        if misread:
            text = f"values of column {column} that are not UTF-8, read as Windows-1252"
            notices.append(Notice(text, misread))
    return DataColumns(pa.Table.from_arrays(columns, names=list(found)), tuple(notices))


def _as_text(values: pa.Array[Any]) -> tuple[pa.Array[Any], int]:
    try:
        return values.cast(pa.string()), 0
    except pa.ArrowInvalid:
        decoded = [_decoded(value) for value in values.to_pylist()]
    texts = pa.array([text for text, _ in decoded], pa.string())
    return texts, sum(misread for _, misread in decoded)


def _decoded(value: Any) -> tuple[str, bool]:
    try:
        return value.decode("utf-8"), False
    except UnicodeDecodeError:
        return value.decode("cp1252", errors="replace"), True


def _from_spss(path: Path, names: Sequence[str], optional: Sequence[str]) -> DataColumns:
    try:
        pyreadstat = importlib.import_module("pyreadstat")
    except ImportError as problem:
        raise MissingExtra("reading an SPSS file", "spss") from problem
    try:
        _, about = pyreadstat.read_sav(str(path), metadataonly=True)
        found = _chosen(path, about.column_names, names, optional)
        frame, _ = pyreadstat.read_sav(str(path), usecols=list(found.values()))
    except pyreadstat.ReadstatError as problem:
        raise BadTable(f"{path}: cannot be read as SPSS: {problem}") from problem
    return _from_frame(frame, found)


def _from_stata(path: Path, names: Sequence[str], optional: Sequence[str]) -> DataColumns:
    try:
        with StataReader(path) as reader:
            found = _chosen(path, list(reader.variable_labels()), names, optional)
        frame = pd.read_stata(path, columns=list(found.values()), convert_categoricals=False)
    except (ValueError, struct.error) as problem:
        raise BadTable(f"{path}: cannot be read as Stata: {problem}") from problem
    return _from_frame(frame, found)


def _from_frame(frame: pd.DataFrame, found: dict[str, str]) -> DataColumns:
    columns: list[pa.Array[Any]] = []
    for column in found.values():
        values = frame[column]
        if pd.api.types.is_numeric_dtype(values):
            columns.append(pa.array(values.to_numpy(dtype=np.float64), from_pandas=True))
        else:
            texts = ["" if value is None else str(value) for value in values]
            columns.append(pa.array(texts, pa.string()))
    return DataColumns(pa.Table.from_arrays(columns, names=list(found)), ())


def _chosen(
    path: Path, found: Sequence[str], names: Sequence[str], optional: Sequence[str]
) -> dict[str, str]:
    """Return the file's spelling of each column, by requested name."""
    spelt = {column.strip().lower(): column for column in reversed(found)}
    missing = [name for name in names if name.lower() not in spelt]
    if missing:
        raise BadTable(
            f"{path}: no column {', '.join(missing)} among its {len(found)} columns "
            f"{', '.join(found[:8])}, ...; the EVS/WVS joint file 2017-2022, version 5, is needed"
        )
    wanted = [*names, *(name for name in optional if name.lower() in spelt)]
    return {name: spelt[name.lower()] for name in dict.fromkeys(wanted)}
