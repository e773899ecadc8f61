"""Metadata of a shard: made when it is committed, and read from the first bytes of its file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray.tables import SCHEMA_VERSION

UNIT, ROWS, VERSION = b"culture_ray.unit", b"culture_ray.rows", b"culture_ray.schema_version"
DISTINCT, CHECKSUM = b"culture_ray.distinct_requests", b"culture_ray.checksum"
COUNTS = b"culture_ray.counts"

_MAGIC = b"ARROW1"
_HEAD = 16_384
"""First bytes of a shard, with which its schema and metadata are usually read at once."""

_LONGEST = 4_096
"""Longest counts in bytes that metadata hold; providers' reasons can be many and long."""


@dataclass(frozen=True)
class RowCounts:
    """Numbers of a shard's rows: all, by status, and by the reason why there is no answer."""

    rows: int
    statuses: Mapping[str, int] = field(default_factory=dict)
    """Empty for a table without a column `status`."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """Reasons of failed requests; in a table with a status, of rows with the status `error`."""


def metadata_for(path: Path, table: pa.Table, unsigned: bytes) -> dict[bytes, bytes]:
    """Return the metadata of the shard of a table, with `unsigned` in place of its checksum."""
    found = count_rows(table)
    counts = json.dumps({"statuses": found.statuses, "failures": found.failures}).encode()
    fits = len(counts) <= _LONGEST and unsigned not in counts  # the only place of a signature
    return {
        UNIT: path.stem.encode(),
        ROWS: str(table.num_rows).encode(),
        VERSION: SCHEMA_VERSION.encode(),
        DISTINCT: str(len(set(table.column("request_id").to_pylist()))).encode(),
        **({COUNTS: counts} if fits else {}),
        CHECKSUM: unsigned,
    }


def metadata_of(path: Path) -> Mapping[bytes, bytes]:
    """Return the metadata of a shard without reading its rows; empty for a damaged file.

    What they say is verified when a sweep opens the run. Raises OSError for a file that cannot be
    opened.
    """
    with path.open("rb", buffering=0) as file:
        head = file.read(_HEAD)
        # The schema's length stands behind the magic bytes, padding and a marker.
        size = 16 + int.from_bytes(head[12:16], "little")
        head += file.read(size - len(head)) if size > len(head) else b""
        file.seek(max(0, file.seek(0, 2) - len(_MAGIC)))
        if file.read() != _MAGIC:
            return {}
    try:
        return pa.ipc.read_schema(pa.py_buffer(head[8:])).metadata or {}
    except (pa.ArrowException, OSError, EOFError):
        return {}


def checksum_of(path: Path) -> str:
    """Return the checksum in a shard's metadata; empty for a damaged file or none."""
    try:
        return metadata_of(path).get(CHECKSUM, b"").decode(errors="replace")
    except OSError:
        return ""


def counts_of(path: Path) -> RowCounts | None:
    """Return the numbers of a shard's rows, None if it cannot be read.

    Shards of earlier versions, and those with many reasons, have none in their metadata: two
    columns of them are read.
    """
    try:
        metadata = metadata_of(path)
        if COUNTS in metadata:
            found = json.loads(metadata[COUNTS])
            return RowCounts(int(metadata[ROWS]), found["statuses"], found["failures"])
        return count_rows(_counted_columns(path))
    except (pa.ArrowException, OSError, ValueError, KeyError):
        return None


def count_rows(table: pa.Table) -> RowCounts:
    """Return the numbers of a table's rows."""
    names = table.column_names
    statuses = _counted(table.column("status").to_pylist()) if "status" in names else {}
    if "failure" not in names:
        return RowCounts(table.num_rows, statuses)
    reasons = table.column("failure").to_pylist()
    if "status" in names:
        found = zip(table.column("status").to_pylist(), reasons, strict=True)
        reasons = [reason for status, reason in found if status == "error"]
    return RowCounts(table.num_rows, statuses, _counted(reasons))


def _counted(values: Iterable[Any]) -> dict[str, int]:
    return dict(Counter(str(value) for value in values if value is not None))


def _counted_columns(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as source:
        names = pa.ipc.open_file(source).schema.names
        places = [names.index(name) for name in ("status", "failure") if name in names]
        options = pa.ipc.IpcReadOptions(use_threads=False, included_fields=places)
        with pa.ipc.open_file(source, options=options) as shard:
            return shard.read_all()
