"""Shards: one committed Arrow file per unit, which either verifies or is set aside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from culture_ray.store.atomic import replace, write_once
from culture_ray.tables import SCHEMA_VERSION

_UNIT, _ROWS, _VERSION = b"culture_ray.unit", b"culture_ray.rows", b"culture_ray.schema_version"


@dataclass(frozen=True)
class Damage:
    """A shard that does not verify, and how."""

    path: Path
    what: str


def unit_id(index: int, request_ids: Iterable[str]) -> str:
    """Return the id of a unit: its place in the sweep and a hash of its requests' ids."""
    digest = hashlib.blake2b(digest_size=8, person=b"unit")
    for request_id in request_ids:
        digest.update(request_id.encode())
    return f"{index:06d}-{digest.hexdigest()}"


def commit(path: Path, table: pa.Table) -> bool:
    """Write a shard atomically; return False when another writer's shard already stands there.

    `path` is `<unit id>.arrow`. The table's metadata gets the unit id, its row count and the schema
    version. Raises DiskProblem when there is no room.
    """
    metadata = {
        _UNIT: path.stem.encode(),
        _ROWS: str(table.num_rows).encode(),
        _VERSION: SCHEMA_VERSION.encode(),
    }
    labelled = table.replace_schema_metadata(metadata)
    return write_once(path, lambda temporary: write_ipc(temporary, labelled))


def write_ipc(path: Path, table: pa.Table) -> None:
    """Write an Arrow IPC file, compressed with zstd."""
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with (
        pa.OSFile(str(path), "wb") as sink,
        pa.ipc.new_file(sink, table.schema, options=options) as w,
    ):
        w.write_table(table)


def replace_table(path: Path, table: pa.Table) -> None:
    """Write a table as an Arrow file atomically, in place of what is there; raises DiskProblem."""
    replace(path, lambda temporary: write_ipc(temporary, table))


def read(path: Path) -> pa.Table:
    """Return an Arrow IPC file's table, copied into memory."""
    with pa.OSFile(str(path), "rb") as source:
        return pa.ipc.open_file(source).read_all()


def damage(path: Path, schema: pa.Schema) -> Damage | None:
    """Return what is wrong with a shard, None when it verifies.

    It verifies when it decodes to the end, follows `schema`, and holds as many rows, each with an
    id of its own, as were written for the unit in its name.
    """
    try:
        table = read(path)
    except (pa.ArrowException, OSError, EOFError) as error:
        return Damage(path, f"cannot be read ({str(error).splitlines()[0][:120]})")
    metadata = table.schema.metadata or {}
    version = metadata.get(_VERSION, b"none").decode()
    if version != SCHEMA_VERSION:
        return Damage(path, f"has schema version {version}, this program writes {SCHEMA_VERSION}")
    if metadata.get(_UNIT, b"").decode() != path.stem:
        return Damage(path, "belongs to another unit")
    if not table.schema.equals(schema, check_metadata=False):
        return Damage(path, "has other columns")
    if metadata.get(_ROWS) != str(table.num_rows).encode():
        return Damage(path, "has lost rows")
    if len(set(table.column("request_id").to_pylist())) != table.num_rows:
        return Damage(path, "holds a request twice")
    return None
