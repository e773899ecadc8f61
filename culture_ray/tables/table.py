"""Declaration of a table: its columns, what a row is, and the files that hold it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

TEXT, REAL, INT, FLAG = pa.string(), pa.float64(), pa.int32(), pa.bool_()


def column(
    name: str, kind: pa.DataType, meaning: str, unit: str = "", *, later: bool = False
) -> pa.Field[Any]:
    """Return a field that carries its meaning and unit as metadata.

    A `later` column was added to a table that runs already had: files of earlier versions lack it,
    and it is null there.
    """
    metadata = {"meaning": meaning} | ({"unit": unit} if unit else {})
    return pa.field(name, kind, metadata=metadata | ({"later": "true"} if later else {}))


def is_later(field: pa.Field[Any]) -> bool:
    """Return True if files of earlier versions may lack a column."""
    return (field.metadata or {}).get(b"later") == b"true"


@dataclass(frozen=True)
class Table:
    """Table of a run, of the results folder or of conf/: columns, files and description."""

    name: str
    schema: pa.Schema
    meaning: str
    """Sentence that says what a row is."""
    file: str
    """Path below `folder`, with names that vary in braces; empty where no file holds the table.

    The suffix is the format: .csv or .arrow.
    """
    written_by: str
    """Commands and stages that write it; shown in docs/data.md, as are `order` and `note`."""
    order: str
    """Order of its rows."""
    folder: Literal["run", "results", "conf"] = "run"
    optional: bool = False
    """True if a finished sweep may be without it."""
    copies: tuple[str, ...] = ()
    """Further files with the columns of `file`, which readers of the table leave aside."""
    path_columns: tuple[str, ...] = ()
    """Columns of `schema` that stand in the path and not in the file."""
    sharded: bool = False
    """True if every file is a shard: committed once per unit, with a checksum."""
    pandas_csv: bool = False
    """True if pandas formats the numbers and quotes of the CSV, otherwise pyarrow does."""
    note: str = ""

    @property
    def file_schema(self) -> pa.Schema:
        """Return the columns that stand in a file."""
        return pa.schema([field for field in self.schema if field.name not in self.path_columns])

    def path(self, root: Path, **names: str) -> Path:
        """Return the path of a file below `root`; `names` replace the braces of `file`."""
        return root / self.file.format(**names)
