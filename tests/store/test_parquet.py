"""Tables of any length become Parquet files in bounded memory, and whole folders are replaced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.store.parquet import write_parquet
from culture_ray.tables import column

SCHEMA = pa.schema([column("n", pa.int64(), "a number", "s"), column("t", pa.string(), "a text")])


def pieces(sizes: list[int]) -> Iterator[pa.Table]:
    start = 0
    for size in sizes:
        numbers = list(range(start, start + size))
        yield pa.table({"n": numbers, "t": [f"text {n}" for n in numbers]}, schema=SCHEMA)
        start += size


@pytest.mark.slow
@given(
    st.lists(st.integers(0, 40), max_size=12),
    st.sampled_from([1, 400, 1 << 20]),
    st.sampled_from([1, 3000, 1 << 30]),
)
def test_all_rows_come_back_in_order_whatever_the_sizes(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], group: int, file: int
) -> None:
    folder = tmp_path_factory.mktemp("parquet")
    paths = write_parquet(folder, "x", SCHEMA, pieces(sizes), group_bytes=group, file_bytes=file)
    assert paths[0] == folder / "x.parquet"
    found = pa.concat_tables(pq.read_table(path) for path in paths)
    assert found.column("n").to_pylist() == list(range(sum(sizes)))
    assert found.schema.equals(SCHEMA, check_metadata=True)


def test_small_pieces_share_a_row_group_and_large_files_are_divided(tmp_path: Path) -> None:
    (one,) = write_parquet(tmp_path, "one", SCHEMA, pieces([5] * 100))
    assert pq.read_metadata(one).num_row_groups == 1
    many = write_parquet(tmp_path, "x", SCHEMA, pieces([5] * 100), group_bytes=900, file_bytes=2000)
    assert [path.name for path in many[:3]] == ["x.parquet", "x-00001.parquet", "x-00002.parquet"]
    assert sum(pq.read_metadata(path).num_rows for path in many) == 500


def test_pieces_are_taken_one_group_at_a_time(tmp_path: Path) -> None:
    """Memory is bounded because no piece is asked for while a group's worth of others waits."""
    alive: list[int] = []
    most = 0

    def watched() -> Iterator[pa.Table]:
        nonlocal most
        for piece in pieces([50] * 40):
            alive.append(piece.nbytes)
            yield piece
            written = tmp_path / "x.parquet"
            if not written.exists():
                most = max(most, sum(alive))

    limit = 5000
    write_parquet(tmp_path, "x", SCHEMA, watched(), group_bytes=limit)
    assert most <= limit + max(alive)
