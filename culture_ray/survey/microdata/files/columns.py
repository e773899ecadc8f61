"""Reader of chosen columns of survey data files, whatever their format.

Values are returned as they are in the file, as text or numbers; respondents.py interprets them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from culture_ray.errors import BadTable
from culture_ray.survey.microdata.files.archives import unpacked
from culture_ray.survey.microdata.files.columnar import from_feather, from_parquet
from culture_ray.survey.microdata.files.delimited import from_text
from culture_ray.survey.microdata.files.statistical import from_spss, from_stata
from culture_ray.survey.microdata.files.wanted import DataColumns, Wanted

_TEXT = (".csv", ".tsv", ".tab", ".txt", ".dat")
SUFFIXES = (*_TEXT, ".sav", ".zsav", ".dta", ".parquet", ".feather", ".arrow")
"""Suffixes of data files; each may be packed as .gz or .zip."""
_OTHERS = [suffix for suffix in SUFFIXES if suffix not in (".csv", ".sav", ".dta")]


@dataclass(frozen=True)
class TextFormat:
    """Form of a delimited text file; None for what is to be found out from the file."""

    separator: str | None = None
    encoding: str | None = None


ANY_FORM = TextFormat()


def read_columns(paths: Sequence[Path], wanted: Wanted, form: TextFormat = ANY_FORM) -> DataColumns:
    """Read the columns that are wanted from the files of a survey, one below the other.

    Columns are found regardless of letter case; the others are not kept in memory. An optional
    column that one of several files lacks is empty there. Raises BadTable for a file that is
    missing, unreadable or lacks a column, and MissingExtra for an SPSS file if the package that
    reads it is missing.
    """
    parts = [_read(path, wanted, form) for path in paths]
    if len(parts) == 1:
        return parts[0]
    names = list(dict.fromkeys(name for part in parts for name in part.table.column_names))
    tables = [_same_types(part.table, names) for part in parts]
    notices = tuple(notice for part in parts for notice in part.notices)
    absent = {name: near for part in parts for name, near in part.absent.items()}
    return DataColumns(
        pa.concat_tables(tables), notices, {n: a for n, a in absent.items() if n not in names}
    )


def _read(path: Path, wanted: Wanted, form: TextFormat) -> DataColumns:
    if not path.is_file():
        raise BadTable(f"{path}: there is no such file")
    with unpacked(path, SUFFIXES) as data:
        found = replace(wanted, shown=str(path))
        match data.suffix.lower():
            case text if text in _TEXT:
                return from_text(data, found, form.separator, form.encoding)
            case ".sav" | ".zsav":
                return from_spss(data, found)
            case ".dta":
                return from_stata(data, found)
            case ".parquet":
                return from_parquet(data, found)
            case ".feather" | ".arrow":
                return from_feather(data, found)
    raise BadTable(
        f"{path}: unknown file type; use .csv, .sav or .dta, or one of {', '.join(_OTHERS)}, "
        "packed as .gz or .zip or not"
    )


def _same_types(table: pa.Table, names: list[str]) -> pa.Table:
    """Return the columns `names` as text, so that files of different formats fit together."""
    columns = [
        table.column(name).cast(pa.string()) if name in table.column_names
        else pa.nulls(table.num_rows, pa.string())
        for name in names
    ]  # fmt: skip
    return pa.Table.from_arrays(columns, names=names)
