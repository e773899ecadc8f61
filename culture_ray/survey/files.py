"""Reader of data files into tables of a known schema."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv

from culture_ray.errors import BadTable

_NO_FIGURE = ["", "NA", "NaN", "nan", "null"]
_OPTIONAL = frozenset({"std_error", "n", "effective_n", "label", "half_a", "half_b"})


def read_table(path: Path, schema: pa.Schema) -> pa.Table:
    """Read the file at `path` into a table of exactly `schema`; other columns are left out.

    The suffix tells CSV, Parquet and Arrow files apart. The columns std_error, n, effective_n,
    label, half_a and half_b are optional. Raises BadTable, naming the file, if the file is missing
    or of another kind, lacks a column, or holds values of another type.
    """
    if not path.is_file():
        raise BadTable(f"{path}: there is no such file; check the key 'table' or 'answers' in conf")
    try:
        table = _read(path, schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeDecodeError) as problem:
        raise BadTable(
            f"{path}: cannot be read: {_first_line(problem)}{_hint(problem)}"
        ) from problem
    twice = [name for name in schema.names if table.column_names.count(name) > 1]
    if twice:
        raise BadTable(f"{path}: several columns named {_listed(twice)}: keep one of each")
    missing = [name for name in schema.names if name not in table.column_names]
    needed = [name for name in missing if name not in _OPTIONAL]
    if needed:
        raise BadTable(
            f"{path}: no column {_listed(needed)}; the file has {_listed(table.column_names)}; "
            f"the columns needed are {_listed(schema.names)}"
        )
    for name in missing:
        empty = pa.nulls(table.num_rows, schema.field(name).type)
        table = table.append_column(schema.field(name), empty)
    try:
        table = _typed(table.select(schema.names), schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as problem:
        raise BadTable(f"{path}: a value of the wrong type: {_first_line(problem)}") from problem
    _check_nulls(path, table, schema)
    if table.num_rows == 0:
        raise BadTable(f"{path}: the table has no rows")
    return table


def numbers_of(table: pa.Table, name: str) -> npt.NDArray[np.float64]:
    """Return a column of numbers as floats of shape (rows,), NaN where it is null.

    Pyarrow's own `to_numpy` would import pandas, which takes longer than a short command.
    """
    return np.array(table.column(name).to_pylist(), dtype=np.float64)


def _read(path: Path, schema: pa.Schema) -> pa.Table:
    match path.suffix.lower():
        case ".csv":
            return _read_csv(path, schema)
        case ".parquet":
            from pyarrow import parquet  # as slow to import as everything else together

            return parquet.read_table(path)
        case ".arrow" | ".feather":
            from pyarrow import feather

            return feather.read_table(path)
    raise BadTable(f"{path}: unknown file type; use .csv, .parquet, .arrow or .feather")


def _typed(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return the table with exactly `schema`, which has the same names; raises ArrowInvalid."""
    if table.schema.types == schema.types:  # as in every CSV; `cast` loads all of Arrow's kernels
        return pa.Table.from_arrays(table.columns, schema=schema)
    return table.cast(schema)


def _read_csv(path: Path, schema: pa.Schema) -> pa.Table:
    with path.open("rb") as file:
        header = file.readline()
    # Spreadsheets write semicolons in countries that use a decimal comma.
    separator = max((",", ";", "\t"), key=lambda one: header.count(one.encode()))
    parse = pa.csv.ParseOptions(delimiter=separator)
    try:
        return pa.csv.read_csv(path, convert_options=_types(schema, "."), parse_options=parse)
    except pa.ArrowInvalid:
        if separator == ",":
            raise
        return pa.csv.read_csv(path, convert_options=_types(schema, ","), parse_options=parse)


def _types(schema: pa.Schema, decimal_point: str) -> pa.csv.ConvertOptions:
    return pa.csv.ConvertOptions(
        column_types={field.name: field.type for field in schema},
        null_values=_NO_FIGURE,
        # Names stay as they are written: "NA" is Namibia.
        strings_can_be_null=False,
        decimal_point=decimal_point,
    )


def _hint(problem: Exception) -> str:
    return "; save it as UTF-8" if "UTF" in str(problem).upper() else ""


def _check_nulls(path: Path, table: pa.Table, schema: pa.Schema) -> None:
    for field in schema:
        if field.name not in _OPTIONAL and table.column(field.name).null_count:
            row = table.column(field.name).is_null().to_pylist().index(True)
            raise BadTable(f"{path}: column {field.name} is empty in data row {row + 1}")


def _listed(names: list[str]) -> str:
    return ", ".join(names)


def _first_line(problem: Exception) -> str:
    return str(problem).splitlines()[0]
