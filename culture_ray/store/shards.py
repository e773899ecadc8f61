"""Shards: one committed Arrow file per unit, which either verifies or is set aside."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from culture_ray.store.atomic import replace, write_once
from culture_ray.tables import SCHEMA_VERSION

_UNIT, _ROWS, _VERSION = b"culture_ray.unit", b"culture_ray.rows", b"culture_ray.schema_version"
_DIGEST = b"culture_ray.digest"

_NOT_THE_SHARDS_FAULT = frozenset({errno.EACCES, errno.EMFILE, errno.ENFILE, errno.ENOMEM})


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

    `path` is `<unit id>.arrow`. The table's metadata gets the unit id, its row count, the schema
    version and a digest of its content. Raises DiskProblem when there is no room.
    """
    stored = _as_stored(table)
    metadata = {
        _UNIT: path.stem.encode(),
        _ROWS: str(stored.num_rows).encode(),
        _VERSION: SCHEMA_VERSION.encode(),
        _DIGEST: _digest(stored),
    }
    labelled = stored.replace_schema_metadata(metadata)
    return write_once(path, lambda temporary: write_ipc(temporary, labelled))


def write_ipc(path: Path, table: pa.Table) -> None:
    """Write an Arrow IPC file, compressed with zstd."""
    with pa.OSFile(str(path), "wb") as sink:
        _write(sink, table)


def replace_table(path: Path, table: pa.Table) -> None:
    """Write a table as an Arrow file atomically, in place of what is there; raises DiskProblem."""
    replace(path, lambda temporary: write_ipc(temporary, table))


def read(path: Path) -> pa.Table:
    """Return an Arrow IPC file's table, copied into memory."""
    with pa.OSFile(str(path), "rb") as source:
        return pa.ipc.open_file(source).read_all()


def damage(path: Path, schema: pa.Schema) -> Damage | None:
    """Return what is wrong with a shard, None when it verifies.

    It verifies when it decodes to the end, follows `schema`, and holds exactly what was written for
    the unit in its name: as many rows, each with an id of its own, and the same content. Raises
    OSError where that cannot be found out.
    """
    try:
        table = read(path)
        table.validate(full=True)
    except (pa.ArrowException, OSError, EOFError, UnicodeDecodeError) as error:
        if isinstance(error, OSError) and error.errno in _NOT_THE_SHARDS_FAULT:
            raise
        words = str(error).splitlines() or [type(error).__name__]
        return Damage(path, f"cannot be read ({words[0][:120]})")
    metadata = table.schema.metadata or {}
    version = metadata.get(_VERSION, b"none").decode(errors="replace")
    if version != SCHEMA_VERSION:
        return Damage(path, f"has schema version {version}, this program writes {SCHEMA_VERSION}")
    if metadata.get(_UNIT) != path.stem.encode():
        return Damage(path, "belongs to another unit")
    if not table.schema.equals(schema, check_metadata=False):
        return Damage(path, "has other columns")
    if metadata.get(_ROWS) != str(table.num_rows).encode():
        return Damage(path, "has lost rows")
    if metadata.get(_DIGEST) != _digest(table):
        return Damage(path, "does not hold what was written")
    if len(set(table.column("request_id").to_pylist())) != table.num_rows:
        return Damage(path, "holds a request twice")
    return None


def _write(sink: pa.NativeFile, table: pa.Table) -> None:
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_file(sink, table.schema, options=options) as writer:
        writer.write_table(table)


def _as_stored(table: pa.Table) -> pa.Table:
    """Return the table with its buffers laid out as they come back from a file."""
    sink = pa.BufferOutputStream()
    _write(sink, table)
    return pa.ipc.open_file(sink.getvalue()).read_all()


def _digest(table: pa.Table) -> bytes:
    """Return a hash of a stored table's buffers: Arrow's own files carry no checksum."""
    digest = hashlib.blake2b(digest_size=16, person=b"shard")
    for column in table.columns:
        for chunk in column.chunks:
            digest.update(f"{len(chunk)} {chunk.null_count};".encode())
            for buffer in chunk.buffers():
                digest.update(f"{-1 if buffer is None else buffer.size},".encode())
                digest.update(b"" if buffer is None else buffer)
    return digest.hexdigest().encode()
