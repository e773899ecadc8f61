"""Reader of Parquet and Feather files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet

from culture_ray.errors import BadTable
from culture_ray.survey.microdata.files.wanted import DataColumns, Wanted, lacking, spelt


def from_parquet(path: Path, wanted: Wanted) -> DataColumns:
    """Read the columns of a Parquet file; raises BadTable."""

    def read(columns: Sequence[str] | None) -> Any:
        if columns is None:
            return pa.parquet.read_schema(path).names
        return pa.parquet.read_table(path, columns=list(columns))

    return _read(read, wanted, "Parquet")


def from_feather(path: Path, wanted: Wanted) -> DataColumns:
    """Read the columns of a Feather (Arrow IPC) file; raises BadTable."""

    def read(columns: Sequence[str] | None) -> Any:
        if columns is None:
            with pa.memory_map(str(path)) as source:
                return pa.ipc.open_file(source).schema.names
        return pa.feather.read_table(path, columns=list(columns))

    return _read(read, wanted, "Feather")


def _read(read: Callable[[Sequence[str] | None], Any], wanted: Wanted, kind: str) -> DataColumns:
    try:
        names = read(None)
        found = spelt(wanted, names)
        table = read(list(dict.fromkeys(found.values())))
    except (pa.ArrowInvalid, pa.ArrowTypeError, OSError) as problem:
        first = str(problem).splitlines()[0]
        raise BadTable(f"{wanted.shown}: cannot be read as {kind}: {first}") from problem
    columns = [_plain(table.column(column).combine_chunks()) for column in found.values()]
    return DataColumns(
        pa.Table.from_arrays(columns, names=list(found)), absent=lacking(wanted, names)
    )


def _plain(values: Any) -> Any:
    """Return numbers as 64-bit floats, and everything else as text."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    kind = values.type
    if pa.types.is_boolean(kind):
        return values.cast(pa.int8()).cast(pa.float64())
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return values.cast(pa.float64(), safe=False)
    return values.cast(pa.string())
