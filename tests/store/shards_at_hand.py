"""Tables of made-up rows that follow the real schemas."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray.store.shards import commit, unit_id

_SENTENCE = "1. Det må hver især afgøre. 2. Nej, aldrig. "


def rows_of(schema: pa.Schema, count: int = 6, *, prefix: str = "r") -> pa.Table:
    """Return `count` different rows of a schema; every third value that may be null is."""
    return pa.Table.from_pylist(
        [{field.name: _value(field, row, prefix) for field in schema} for row in range(count)],
        schema=schema,
    )


def committed(folder: Path, schema: pa.Schema, index: int = 0, count: int = 6) -> Path:
    """Commit a shard into `folder` under a name of its own and return its path."""
    table = rows_of(schema, count, prefix=f"u{index}-")
    path = folder / f"{unit_id(index, table.column('request_id').to_pylist())}.arrow"
    assert commit(path, table)
    return path


def _value(field: pa.Field, row: int, prefix: str) -> Any:
    if field.name in {"failure", "value_polarity", "judged_language"} and row % 3 == 0:
        return None
    kind = field.type
    if pa.types.is_string(kind):
        return f"{prefix}{field.name}{row} " + _SENTENCE * (row if field.name == "text" else 0)
    if pa.types.is_list(kind):
        words = ["pro", "con", "neutral"] if pa.types.is_string(kind.value_type) else [3, 1, 2]
        return words[: row % 4]
    if pa.types.is_timestamp(kind):
        return datetime(2026, 1, 1, 0, row % 60, tzinfo=UTC)
    return pa.scalar(row, pa.int32()).cast(kind).as_py()
