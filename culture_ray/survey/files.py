"""Reading a data file into a table of a known schema."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet

from culture_ray.errors import BadTable

_NO_FIGURE = ["", "NA", "NaN", "nan", "null"]
_OPTIONAL = frozenset({"std_error", "n", "effective_n", "label"})


def read_table(path: Path, schema: pa.Schema) -> pa.Table:
    """Return the file at `path` as a table of exactly `schema`; further columns are left out.

    CSV, Parquet and Arrow files are told apart by their suffix. A column that may be unknown for
    every row (std_error, n, effective_n, label) may also be absent. Raises BadTable, naming the
    file, for one that is absent or of another kind, for missing columns, and for values of another
    type.
    """
    if not path.is_file():
        raise BadTable(f"{path}: there is no such file; check the key 'table' in conf")
    try:
        table = _read(path, schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeDecodeError) as problem:
        raise BadTable(f"{path}: cannot be read: {_first_line(problem)}") from problem
    missing = [name for name in schema.names if name not in table.column_names]
    needed = [name for name in missing if name not in _OPTIONAL]
    if needed:
        raise BadTable(
            f"{path}: no column {_listed(needed)}; it has {_listed(table.column_names)}; "
            f"{_listed(schema.names)} are needed"
        )
    for name in missing:
        empty = pa.nulls(table.num_rows, schema.field(name).type)
        table = table.append_column(schema.field(name), empty)
    try:
        table = table.select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as problem:
        raise BadTable(f"{path}: a value of another type: {_first_line(problem)}") from problem
    _check_nulls(path, table, schema)
    if table.num_rows == 0:
        raise BadTable(f"{path}: holds no row")
    return table


def _read(path: Path, schema: pa.Schema) -> pa.Table:
    match path.suffix.lower():
        case ".csv":
            convert = pa.csv.ConvertOptions(
                column_types={field.name: field.type for field in schema},
                null_values=_NO_FIGURE,
                # Names stay as they are written: "NA" is Namibia.
                strings_can_be_null=False,
            )
            return pa.csv.read_csv(path, convert_options=convert)
        case ".parquet":
            return pa.parquet.read_table(path)
        case ".arrow" | ".feather":
            return pa.feather.read_table(path)
    raise BadTable(f"{path}: a file that ends in .csv, .parquet, .arrow or .feather is needed")


def _check_nulls(path: Path, table: pa.Table, schema: pa.Schema) -> None:
    for field in schema:
        if field.name not in _OPTIONAL and table.column(field.name).null_count:
            row = table.column(field.name).is_null().to_pylist().index(True)
            raise BadTable(f"{path}: column {field.name} is empty in data row {row + 1}")


def _listed(names: list[str]) -> str:
    return ", ".join(names)


def _first_line(problem: Exception) -> str:
    return str(problem).splitlines()[0]
