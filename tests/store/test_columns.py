"""Shards of versions that lacked a later column are read as if it were there, and null."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from culture_ray.store import catalogue
from culture_ray.store.columns import completed, fits
from culture_ray.store.parts import join_parts, keep_part, rows_kept
from culture_ray.store.run_directory import RunDirectory, open_run
from culture_ray.store.shards import columns_of, damage, read, unit_id
from culture_ray.tables import LABELS, RESPONSES, is_later
from tests.store.shards_at_hand import committed, rows_of

both_schemas = pytest.mark.parametrize("schema", [RESPONSES, LABELS], ids=["responses", "labels"])


def earlier(schema: pa.Schema) -> pa.Schema:
    """Return the columns that every version had."""
    return pa.schema([field for field in schema if not is_later(field)])


@both_schemas
def test_a_shard_without_a_later_column_verifies_and_has_nulls_there(
    tmp_path: Path, schema: pa.Schema
) -> None:
    path = committed(tmp_path, earlier(schema))
    assert damage(path, schema) is None
    found = columns_of(path, path.read_bytes(), schema, ["thoughts", "model", "request_id"])
    assert found.column_names == ["thoughts", "model", "request_id"]
    assert found.column("thoughts").null_count == found.num_rows == 6
    assert found.column("model").equals(read(path).column("model"))
    assert columns_of(path, path.read_bytes(), schema, ["thoughts"]).num_rows == 6


@both_schemas
def test_only_later_columns_may_be_missing(tmp_path: Path, schema: pa.Schema) -> None:
    names = earlier(schema).names
    without = pa.schema([field for field in schema if field.name != names[-1]])
    assert fits(earlier(schema), schema)
    assert not fits(without, schema)
    assert not fits(schema.append(pa.field("more", pa.int64())), schema)
    path = committed(tmp_path, without)
    bad = damage(path, schema)
    assert bad is not None
    assert bad.what == "has other columns"


def test_shards_of_two_versions_are_one_table(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    for index, schema in enumerate([earlier(RESPONSES), RESPONSES]):
        committed(run.folder / "responses" / "model=m" / "language=en", schema, index)
    assert not open_run(run).set_aside
    table = catalogue.read(run, "responses")
    assert table is not None
    assert table.schema.equals(RESPONSES, check_metadata=False)
    assert table.column("thoughts").null_count == 6
    assert table.num_rows == 12


def test_parts_of_an_earlier_version_complete_a_unit_of_this_one(tmp_path: Path) -> None:
    rows = rows_of(RESPONSES, 4)
    folder = tmp_path / "parts"
    keep_part(folder, rows.select(earlier(RESPONSES).names).slice(0, 2), [0, 1])
    assert rows_kept(folder, RESPONSES) == {0, 1}
    keep_part(folder, rows.slice(2), [2, 3])
    shard = tmp_path / f"{unit_id(0, rows.column('request_id').to_pylist())}.arrow"
    assert join_parts(folder, shard, RESPONSES, 4)
    assert damage(shard, RESPONSES) is None
    joined = read(shard)
    assert joined.column("thoughts").to_pylist()[:2] == [None, None]
    assert joined.column("text").equals(rows.column("text"))


def test_completing_keeps_the_schemas_order_and_what_is_outside_it() -> None:
    table = rows_of(earlier(RESPONSES), 2).append_column("mine", pa.array([1, 2]))
    names = completed(table, RESPONSES).column_names
    assert names == [*RESPONSES.names, "mine"]
    assert completed(table.select(["model"]), pa.schema([RESPONSES.field("model")])).column_names
