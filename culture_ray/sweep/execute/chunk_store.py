"""Commit of a chunk's rows: the shard where they are the whole unit, else a part of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from culture_ray.engines.failures import kind_of
from culture_ray.engines.interface import Response
from culture_ray.store.parts import join_parts, keep_part, parts_folder, rows_kept
from culture_ray.store.shards import commit
from culture_ray.sweep.events import ChunkDone
from culture_ray.sweep.plan.units import Task, Unit
from culture_ray.sweep.schedule.chunks import Chunk


class ChunkStore:
    """Rows of a unit in the store, as far as they are there before its shard is."""

    def __init__(self, run: Path, unit: Unit, schema: pa.Schema) -> None:
        self._unit, self._schema = unit, schema
        self._parts = parts_folder(run, unit.path)

    def missing_rows(self, chunk: Chunk) -> list[int]:
        """Return the rows of a chunk that are not in a part yet, by their places in the unit."""
        kept = rows_kept(self._parts, self._schema) if self._parts.exists() else ()
        return [row for row in range(chunk.start, chunk.start + chunk.size) if row not in kept]

    def commit_rows(self, table: pa.Table, rows: Sequence[int]) -> None:
        """Commit some rows of the unit, or its shard where they are all; raises DiskProblem."""
        if len(rows) == self._unit.size:
            commit(self._unit.path, table)
        else:
            keep_part(self._parts, table, rows)

    def join(self) -> None:
        """Commit the shard if the parts hold all rows; raises DiskProblem."""
        join_parts(self._parts, self._unit.path, self._schema, self._unit.size)


def record_failed(
    run: Path, unit: Unit, chunk: Chunk, task: Task, attempts: int, reason: str
) -> ChunkDone:
    """Record the requests of a chunk as failed for a reason, without an engine."""
    loaded = task.load(unit)
    store = ChunkStore(run, unit, task.schema)
    rows = store.missing_rows(chunk)
    missing = loaded.subset(rows)
    responses = [
        None if r is None else Response(r.request_id, None, "error", failure=reason)
        for r in missing.requests
    ]
    store.commit_rows(task.table(missing, responses, "none", attempts), rows)
    if len(rows) < unit.size:
        store.join()
    return ChunkDone(len(rows), failures_by_kind([r for r in responses if r is not None]))


def failures_by_kind(responses: Sequence[Response]) -> dict[str, int]:
    """Return the number of responses without text, by kind of failure."""
    return Counter(kind_of(r.failure or "") for r in responses if r.text is None)
