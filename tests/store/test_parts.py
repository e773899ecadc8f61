"""Rows that are done before their unit is are kept, and become the one shard of the unit."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.store.parts import join_parts, keep_part, parts_folder, rows_kept
from culture_ray.store.shards import commit, damage, read

SCHEMA = pa.schema([("request_id", pa.string()), ("text", pa.string())])
SIZE = 6


def rows(*numbers: int, by: str = "a") -> pa.Table:
    return pa.table(
        {"request_id": [f"r{n}" for n in numbers], "text": [by] * len(numbers)}, schema=SCHEMA
    )


@pytest.fixture
def shard(tmp_path: Path) -> Path:
    return tmp_path / "run" / "responses" / "model=m" / "000000-ab.arrow"


@pytest.fixture
def folder(tmp_path: Path, shard: Path) -> Path:
    return parts_folder(tmp_path / "run", shard)


def test_parts_become_the_shard_when_all_rows_are_there(folder: Path, shard: Path) -> None:
    keep_part(folder, rows(4, 1), [4, 1])
    keep_part(folder, rows(0, 5), [0, 5])
    assert rows_kept(folder, SCHEMA) == {0, 1, 4, 5}
    assert not join_parts(folder, shard, SCHEMA, SIZE)
    assert not shard.exists()
    keep_part(folder, rows(2, 3), [2, 3])
    assert join_parts(folder, shard, SCHEMA, SIZE)
    assert read(shard).column("request_id").to_pylist() == [f"r{n}" for n in range(SIZE)]
    assert damage(shard, SCHEMA) is None
    assert not folder.exists()


def test_a_row_that_two_parts_hold_is_taken_once(folder: Path, shard: Path) -> None:
    keep_part(folder, rows(0, 1, 2, 3), [0, 1, 2, 3])
    keep_part(folder, rows(2, 3, 4, 5, by="b"), [2, 3, 4, 5])
    assert join_parts(folder, shard, SCHEMA, SIZE)
    assert read(shard).column("request_id").to_pylist() == [f"r{n}" for n in range(SIZE)]


def test_a_damaged_part_counts_for_nothing(folder: Path, shard: Path) -> None:
    keep_part(folder, rows(0, 1, 2), [0, 1, 2])
    path = next(folder.glob("*.arrow"))
    path.write_bytes(path.read_bytes()[:-20])
    assert rows_kept(folder, SCHEMA) == frozenset()
    assert not list(folder.glob("*.arrow"))


def test_a_shard_that_stands_already_wins(folder: Path, shard: Path) -> None:
    commit(shard, rows(*range(SIZE), by="first"))
    keep_part(folder, rows(*range(SIZE), by="second"), range(SIZE))
    assert join_parts(folder, shard, SCHEMA, SIZE)
    assert set(read(shard).column("text").to_pylist()) == {"first"}
    assert not folder.exists()


def test_a_unit_without_parts_has_none(folder: Path, shard: Path) -> None:
    assert rows_kept(folder, SCHEMA) == frozenset()
    assert not join_parts(folder, shard, SCHEMA, SIZE)


@pytest.mark.slow
@given(st.lists(st.sets(st.integers(0, SIZE - 1), min_size=1), max_size=6))
def test_any_parts_make_the_shard_exactly_when_they_cover_it(
    tmp_path_factory: pytest.TempPathFactory, parts: list[set[int]]
) -> None:
    run = tmp_path_factory.mktemp("run")
    shard = run / "responses" / "u.arrow"
    folder = parts_folder(run, shard)
    for part in parts:
        keep_part(folder, rows(*part), sorted(part))
    whole = set().union(*parts) == set(range(SIZE))
    assert join_parts(folder, shard, SCHEMA, SIZE) is whole
    assert shard.exists() is whole
