"""Writing of a table of any length as Parquet files, piece by piece, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

GROUP_BYTES = 32 << 20
"""Approximate size of a row group: one group per shard would be slow to read."""

FILE_BYTES = 512 << 20
"""Size at which a file is closed and the next one begun."""


def write_parquet(
    folder: Path,
    name: str,
    schema: pa.Schema,
    pieces: Iterable[pa.Table],
    *,
    group_bytes: int = GROUP_BYTES,
    file_bytes: int = FILE_BYTES,
) -> list[Path]:
    """Write the pieces, in order, as `name`.parquet, `name`-00001.parquet, ...; return the paths.

    Every piece follows `schema`, whose columns keep their meanings and units in the files. Memory
    use is that of one row group and one piece. A table without rows gives one file.
    """
    paths: list[Path] = []
    waiting: list[pa.Table] = []
    writer: pq.ParquetWriter | None = None

    def next_writer() -> pq.ParquetWriter:
        number = f"-{len(paths):05d}" if paths else ""
        paths.append(folder / f"{name}{number}.parquet")
        return pq.ParquetWriter(paths[-1], schema, compression="zstd")

    folder.mkdir(parents=True, exist_ok=True)
    try:
        for piece in pieces:
            waiting.append(piece.select(schema.names).cast(schema))
            if sum(table.nbytes for table in waiting) < group_bytes:
                continue
            writer = writer or next_writer()
            writer.write_table(*_group(schema, waiting))
            waiting = []
            if paths[-1].stat().st_size >= file_bytes:
                writer.close()
                writer = None
        if waiting or not paths:
            writer = writer or next_writer()
            writer.write_table(*_group(schema, waiting))
    finally:
        if writer is not None:
            writer.close()
    return paths


def _group(schema: pa.Schema, tables: list[pa.Table]) -> tuple[pa.Table, int]:
    """Return tables as one, and its number of rows, so that it becomes one row group."""
    together = pa.concat_tables(tables) if tables else schema.empty_table()
    return together, max(1, together.num_rows)
