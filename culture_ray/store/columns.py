"""Columns of files that earlier versions wrote, compared with the schema of this version."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables import is_later


def fits(found: pa.Schema, schema: pa.Schema) -> bool:
    """Return True if a file's columns are those of `schema`, except later ones that it lacks."""
    present = set(found.names)
    wanted = [field for field in schema if field.name in present or not is_later(field)]
    return found.equals(pa.schema(wanted), check_metadata=False)


def completed(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a table with the later columns of `schema` that it lacks, null, each in its place.

    Columns outside the schema come last; other columns that the table lacks stay missing.
    """
    names = table.column_names
    missing = [field for field in schema if is_later(field) and field.name not in names]
    if not missing:
        return table
    for field in missing:
        table = table.append_column(field, pa.nulls(table.num_rows, field.type))
    known = [name for name in schema.names if name in table.column_names]
    return table.select([*known, *(name for name in names if name not in schema.names)])
