"""Checks that a table has what a report needs of it."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from culture_ray.errors import BadTable


def require_columns(table: pa.Table, schema: pa.Schema, what: str) -> None:
    """Raise BadTable if `table` lacks a column of `schema`."""
    missing = [name for name in schema.names if name not in table.column_names]
    if missing:
        raise BadTable(
            f"table '{what}' of the report lacks column{'s' * (len(missing) > 1)} "
            f"{', '.join(missing)}: it has {', '.join(table.column_names)}"
        )


def require_known(table: pa.Table, known: Mapping[str, set[str]], what: str) -> None:
    """Raise BadTable if a column of `table` names something that `known` lacks for it."""
    for column, names in known.items():
        if column not in table.column_names:
            continue
        unknown = sorted({str(v) for v in table.column(column).to_pylist()} - names)
        if unknown:
            raise BadTable(
                f"table '{what}' of the report names {column} '{unknown[0]}'"
                f"{f' and {len(unknown) - 1} more' if len(unknown) > 1 else ''}, "
                "which ReportContent does not list: add it there"
            )
