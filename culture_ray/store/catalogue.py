"""Reading and writing the tables of a run by their names in `culture_ray.tables.TABLES`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from culture_ray.errors import RunMismatch, UnknownName
from culture_ray.store.atomic import TEMPORARY, replace
from culture_ray.store.columns import completed
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import Damage, commit, damage, replace_table
from culture_ray.store.shards import read as read_arrow
from culture_ray.tables import TABLES, Table

RUN_TABLES = {name: table for name, table in TABLES.items() if table.folder == "run" and table.file}
"""Tables that lie in a run directory, by name."""


def table_paths(run: RunDirectory, name: str) -> list[Path]:
    """Return the files of a table that exist, sorted; raises UnknownName."""
    pattern = re.sub(r"\{\w+\}", "*", table_named(name).file)
    found = sorted(run.folder.glob(pattern))
    return [path for path in found if not path.name.startswith(TEMPORARY)]


def read(run: RunDirectory, name: str, needed: Sequence[str] | None = None) -> pa.Table | None:
    """Return a table of a run, all its files together; None if it has no file.

    The columns are those of the table's schema, in its order. Columns outside `needed` may be
    absent from a file; None needs them all. Raises UnknownName, and RunMismatch for a file that
    cannot be read, lacks a column, or is a shard that does not verify.
    """
    parts = []
    for path in table_paths(run, name):
        part = read_file(path, table_named(name), needed)
        if isinstance(part, Damage):
            raise RunMismatch(f"{path} {part.what}: {remedy(run, name)}")
        parts.append(part)
    return pa.concat_tables(parts) if parts else None


def read_file(path: Path, table: Table, needed: Sequence[str] | None = None) -> pa.Table | Damage:
    """Return one file of a table, or the reason why it cannot be used; `needed` as for `read`."""
    if table.sharded:
        found = damage(path, table.file_schema) or read_arrow(path).replace_schema_metadata(None)
    else:
        found = _read_csv(path, table) if path.suffix == ".csv" else _read_arrow(path)
    if isinstance(found, Damage):
        return found
    found = completed(found, table.file_schema)
    columns = table.file_schema.names
    missing = [
        column
        for column in (columns if needed is None else needed)
        if column not in found.column_names
    ]
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        lacks = f"{', '.join(missing[:3])}{more}"
        return Damage(path, f"lacks {lacks}, as another version wrote it")
    return _with_path_columns(path, table, found)


def write(run: RunDirectory, name: str, rows: pa.Table, **names: str) -> Path:
    """Write a file of a table and return its path; `names` replace the braces of `Table.file`.

    The file is there whole or not at all. A shard stays as it is if it exists, any other file is
    replaced. Raises UnknownName and DiskProblem.
    """
    table = table_named(name)
    path, schema = table.path(run.folder, **names), table.file_schema
    rows = rows.select(schema.names).cast(schema)
    if table.sharded:
        commit(path, rows)
    elif path.suffix == ".arrow":
        replace_table(path, rows)
    elif table.pandas_csv:
        replace(path, lambda temporary: _write_with_pandas(rows, temporary))
    else:
        replace(path, lambda temporary: csv.write_csv(rows, temporary))
    return path


def remove(run: RunDirectory, name: str, **names: str) -> None:
    """Remove a file of a table if it exists; raises UnknownName."""
    table_named(name).path(run.folder, **names).unlink(missing_ok=True)


def remedy(run: RunDirectory, name: str) -> str:
    """Return the phrase that says how to replace a damaged file of a table."""
    table = table_named(name)
    if table.sharded:
        return "the next sweep makes it again"
    if "`analyse`" in table.written_by:
        return f"culture-ray analyse run={run.name} writes it again"
    return "move it away and repeat the command that writes it"


def table_named(name: str) -> Table:
    """Return the declaration of a run's table; raises UnknownName."""
    if name not in RUN_TABLES:
        raise UnknownName("table", name, RUN_TABLES)
    return RUN_TABLES[name]


def _write_with_pandas(rows: pa.Table, path: Path) -> None:
    import pandas as pd  # here, because workers of a sweep do without it

    def nullable(kind: pa.DataType) -> pd.Int32Dtype | None:
        return pd.Int32Dtype() if kind == pa.int32() else None

    rows.to_pandas(types_mapper=nullable).to_csv(path, index=False)


def _read_arrow(path: Path) -> pa.Table | Damage:
    try:
        return read_arrow(path)
    except (pa.ArrowException, OSError) as error:
        return _unreadable(path, error)


def _read_csv(path: Path, table: Table) -> pa.Table | Damage:
    options = csv.ConvertOptions(
        column_types=table.file_schema,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,  # "" is an empty text
    )
    try:
        return csv.read_csv(path, convert_options=options)
    except (pa.ArrowException, OSError) as error:
        return _unreadable(path, error)


def _unreadable(path: Path, error: Exception) -> Damage:
    first_line = (str(error).splitlines() or [type(error).__name__])[0]
    return Damage(path, f"cannot be read ({first_line[:120]})")


def _with_path_columns(path: Path, table: Table, rows: pa.Table) -> pa.Table:
    """Return the columns of the table's schema, those that stand in the path included."""
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(table.file))
    named = re.search(f"{pattern}$", path.as_posix())
    for column in table.path_columns:
        value = named[column] if named else None
        rows = rows.append_column(column, pa.array([value] * rows.num_rows, pa.string()))
    present = pa.schema([field for field in table.schema if field.name in rows.column_names])
    return rows.select(present.names).cast(present)
