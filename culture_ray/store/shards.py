"""Shards: writing, reading and verification of one committed Arrow file per unit."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa

from culture_ray.errors import RunMismatch
from culture_ray.store.atomic import replace, write_once
from culture_ray.store.columns import completed, fits
from culture_ray.store.shard_metadata import (
    CHECKSUM,
    DISTINCT,
    ROWS,
    UNIT,
    VERSION,
    metadata_for,
)
from culture_ray.tables import SCHEMA_VERSION

_UNSIGNED = b"0" * 32
"""Placeholder for the checksum while it is computed: the Arrow format has no checksum itself."""

_PROCESS_ERRORS = frozenset({errno.EACCES, errno.EMFILE, errno.ENFILE, errno.ENOMEM})


@dataclass(frozen=True)
class Damage:
    """File that does not verify, with the reason."""

    path: Path
    what: str
    """Reason, to be read after the path."""


def unit_id(index: int, request_ids: Iterable[str]) -> str:
    """Return the id of a unit: its position in the sweep and a hash of its requests' ids."""
    digest = hashlib.blake2b(digest_size=8, person=b"unit")
    for request_id in request_ids:
        digest.update(request_id.encode())
    return f"{index:06d}-{digest.hexdigest()}"


def commit(path: Path, table: pa.Table) -> bool:
    """Write a shard atomically; return False if another writer's shard is already there.

    `path` is `<unit id>.arrow`. The metadata of the file gets the unit id, the numbers of rows, of
    distinct requests and of rows by status and failure, the schema version and a checksum. Raises
    DiskProblem if the file cannot be written.
    """
    sink = pa.BufferOutputStream()
    _write(sink, table.replace_schema_metadata(metadata_for(path, table, _UNSIGNED)))
    content = sink.getvalue().to_pybytes()
    signed = _resigned(content, _UNSIGNED, _checksum(content))
    return write_once(path, lambda temporary: _write_bytes(temporary, signed))


def write_ipc(path: Path, table: pa.Table) -> None:
    """Write an Arrow IPC file, compressed."""
    with pa.OSFile(str(path), "wb") as sink:
        _write(sink, table)


def replace_table(path: Path, table: pa.Table) -> None:
    """Write a table as an Arrow file, replacing the file that is there; raises DiskProblem."""
    replace(path, lambda temporary: write_ipc(temporary, table))


def read(path: Path) -> pa.Table:
    """Return an Arrow IPC file's table, copied into memory."""
    with pa.OSFile(str(path), "rb") as source:
        return pa.ipc.open_file(source).read_all()


def columns_of(path: Path, content: bytes, schema: pa.Schema, columns: Sequence[str]) -> pa.Table:
    """Return some columns of a shard, given its bytes, without decoding the others.

    Later columns that it lacks are null. Raises RunMismatch for a shard that does not follow
    `schema`, for example of another version.
    """
    wanted = pa.schema([schema.field(name) for name in columns])
    try:
        found = completed(_decoded(content, columns), wanted)
        return found.select(list(columns)).replace_schema_metadata(None)
    except (pa.ArrowException, KeyError) as error:
        bad = damage(path, schema)
        if bad is None:
            raise
        raise RunMismatch(
            f"{path} {bad.what}: repeat the run in another directory, or continue with the "
            f"version of culture_ray that made it (named in provenance.json)"
        ) from error


def damage(path: Path, schema: pa.Schema) -> Damage | None:
    """Return the damage of a shard, None if it verifies.

    It verifies if its bytes are those written for the unit in its name, its columns are those of
    `schema`, later ones excepted, and it holds the stated number of rows, each with a distinct id.
    Raises OSError if the process cannot read it.
    """
    try:
        content = _content(path)
        with pa.ipc.open_file(pa.py_buffer(content)) as shard:
            found = shard.schema
        metadata = found.metadata or {}
        untouched = metadata.get(CHECKSUM) == _checksum(content, metadata.get(CHECKSUM))
        if not untouched:  # decoding it finds the kind of damage
            table = _decoded(content)
            table.validate(full=True)
    except (pa.ArrowException, OSError, EOFError, UnicodeDecodeError) as error:
        if isinstance(error, OSError) and error.errno in _PROCESS_ERRORS:
            raise
        lines = str(error).splitlines() or [type(error).__name__]
        return Damage(path, f"cannot be read ({lines[0][:120]})")
    version = metadata.get(VERSION, b"none").decode(errors="replace")
    if version != SCHEMA_VERSION:
        return Damage(path, f"has schema version {version}, this program writes {SCHEMA_VERSION}")
    if metadata.get(UNIT) != path.stem.encode():
        return Damage(path, "belongs to another unit")
    if not fits(found, schema):
        return Damage(path, "has other columns")
    if not untouched:
        lost = metadata.get(ROWS) != str(table.num_rows).encode()
        return Damage(path, "has lost rows" if lost else "does not hold what was written")
    if metadata.get(DISTINCT) != metadata.get(ROWS):
        return Damage(path, "holds a request twice")
    return None


def _content(path: Path) -> bytes:
    return path.read_bytes()


def _decoded(content: bytes, columns: Sequence[str] = ()) -> pa.Table:
    """Return the columns of a shard with these names, as far as it has them; all without names."""
    buffer = pa.py_buffer(content)
    with pa.ipc.open_file(buffer) as shard:
        names = shard.schema.names
    places = [names.index(name) for name in columns if name in names]
    options = pa.ipc.IpcReadOptions(use_threads=False, included_fields=places)
    with pa.ipc.open_file(buffer, options=options) as shard:
        return shard.read_all()


def _checksum(content: bytes, signature: bytes | None = None) -> bytes:
    """Return the checksum of a shard's bytes, computed with `signature` blanked out."""
    unsigned = _resigned(content, signature, _UNSIGNED) if signature else content
    return hashlib.sha256(unsigned).hexdigest()[: len(_UNSIGNED)].encode()


def _resigned(content: bytes, old: bytes, new: bytes) -> bytes:
    """Return a shard's bytes with the signature replaced, both before and after its rows."""
    before, _, rest = content.partition(old)
    rows, _, after = rest.rpartition(old)
    return b"".join((before, new, rows, new, after))


def _write(sink: pa.NativeFile, table: pa.Table) -> None:
    # zstd pays for texts. Labels are decoded all at once for every measurement: there lz4 takes a
    # fifth of the time, for files half as large again.
    codec: Literal["zstd", "lz4"] = "zstd" if "text" in table.column_names else "lz4"
    options = pa.ipc.IpcWriteOptions(compression=codec)
    with pa.ipc.new_file(sink, table.schema, options=options) as writer:
        writer.write_table(table)


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)
