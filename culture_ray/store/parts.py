"""Parts of a unit: finished rows that are stored until the unit is complete and becomes a shard.

A unit always ends up as one shard. If it is split to find a request that crashes engines, or if a
run is drained in the middle of it, its finished rows are committed to `parts/` under the unit's
name. The session that completes the unit joins them.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from culture_ray.store.columns import completed
from culture_ray.store.shards import commit, damage, read

_ROW = "unit_row"


def parts_folder(run: Path, shard: Path) -> Path:
    """Return the folder for the parts of a unit, given the run's folder and the unit's shard."""
    return run / "parts" / shard.relative_to(run).with_suffix("")


def keep_part(folder: Path, table: pa.Table, rows: Sequence[int]) -> None:
    """Commit some rows of a unit; `rows` are their positions in it. Raises DiskProblem."""
    numbered = table.append_column(_ROW, pa.array(rows, pa.int64()))
    commit(folder / f"{uuid.uuid4().hex}.arrow", numbered)


def rows_kept(folder: Path, schema: pa.Schema) -> frozenset[int]:
    """Return the positions of the rows that parts hold; remove parts that do not verify."""
    rows = _together(folder, schema).column(_ROW)
    return frozenset(row for row in rows.to_pylist() if row is not None)


def join_parts(folder: Path, shard: Path, schema: pa.Schema, size: int) -> bool:
    """Commit the shard if the parts hold all its `size` rows; return True if it exists now."""
    together = _together(folder, schema)
    rows = together.column(_ROW).to_pylist()
    first = {row: index for index, row in reversed(list(enumerate(rows)))}
    if len(first) < size:
        return shard.exists()
    order = pa.array([first[row] for row in range(size)], pa.int64())
    commit(shard, together.take(order).drop_columns([_ROW]).combine_chunks())
    drop_parts(folder)
    return True


def drop_parts(folder: Path) -> None:
    """Remove a unit's parts."""
    shutil.rmtree(folder, ignore_errors=True)


def _together(folder: Path, schema: pa.Schema) -> pa.Table:
    numbered = schema.append(pa.field(_ROW, pa.int64()))
    tables = [numbered.empty_table()]
    for path in sorted(folder.glob("[!.]*.arrow")):
        if damage(path, numbered) is None:
            part = completed(read(path).replace_schema_metadata(None), numbered)
            tables.append(part.cast(numbered))
        else:
            path.unlink(missing_ok=True)
    import pyarrow.compute as pc  # slow to import, and most commands read no parts

    together = pa.concat_tables(tables)
    return together.take(pc.sort_indices(together, sort_keys=[(_ROW, "ascending")]))
