"""The catalogue names every table of a run, and reads what it has written."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from culture_ray.errors import RunMismatch, UnknownName
from culture_ray.store.catalogue import RUN_TABLES, read, read_file, remove, table_paths, write
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import Damage
from culture_ray.tables import TABLES, Table

NAMES = {
    "benchmark": "b-0", "judge": "j", "model": "m", "language": "en", "unit": "000000-ab",
    "inference": "valid", "regression": "us_bias",
}  # fmt: skip
"""Values for every name in the path of a run's table."""

TEXTS = st.text(string.ascii_letters + string.digits + ' ,;"æøå§.-_', max_size=12)
"""Texts with what a CSV has to quote."""

REALS = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def rows_of(draw: st.DrawFn, table: Table) -> pa.Table:
    """Draw up to three rows of a table; its columns of one type take their values from one pool."""
    size = draw(st.integers(0, 3))
    kinds = list(dict.fromkeys(field.type for field in table.schema))
    pools = {
        kind: draw(st.lists(st.none() | _value(kind), min_size=5, max_size=5)) for kind in kinds
    }
    columns = []
    for place, field in enumerate(table.schema):
        values = [pools[field.type][(place + row) % 5] for row in range(size)]
        if table.pandas_csv:  # whose files hold no empty texts
            values = [None if value == "" else value for value in values]
        if field.name in table.path_columns:
            values = [NAMES[field.name]] * size
        if field.name == "request_id":  # a shard holds each request once
            values = [f"r{row}" for row in range(size)]
        columns.append(pa.array(values, field.type))
    return pa.table(columns, schema=table.schema)


def _value(kind: pa.DataType) -> st.SearchStrategy[Any]:
    if pa.types.is_map(kind):
        return st.dictionaries(TEXTS, TEXTS, max_size=3).map(lambda texts: list(texts.items()))
    if pa.types.is_struct(kind):
        return st.fixed_dictionaries({field.name: _value(field.type) for field in kind})
    if pa.types.is_list(kind):
        return st.lists(_value(kind.value_type), max_size=3)
    if pa.types.is_timestamp(kind):
        return st.integers(0, 2**41)
    if pa.types.is_integer(kind):
        return st.integers(-(2**31), 2**31 - 1)
    if pa.types.is_boolean(kind):
        return st.booleans()
    return REALS if pa.types.is_floating(kind) else TEXTS


@pytest.mark.parametrize("name", RUN_TABLES)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_table_that_was_written_reads_as_it_was(
    name: str, data: st.DataObject, tmp_path: Path
) -> None:
    rows = data.draw(rows_of(TABLES[name]))
    run = RunDirectory(tmp_path / "run")
    remove(run, name, **NAMES)
    path = write(run, name, rows, **NAMES)
    assert table_paths(run, name) == [path]
    found = read(run, name)
    assert found is not None
    assert found.schema.equals(TABLES[name].schema, check_metadata=True)
    assert found.equals(rows)


@pytest.mark.parametrize("name", RUN_TABLES)
def test_a_table_that_is_not_there_is_none(name: str, tmp_path: Path) -> None:
    assert read(RunDirectory(tmp_path / "run"), name) is None


def test_a_table_of_several_files_is_read_as_one_in_order(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    schema = TABLES["regressions"].file_schema
    for name, inference in (("us_bias", "valid"), ("multilingual", "paper")):
        rows = pa.Table.from_pylist([{"term": name, "estimate": 1.0}], schema=schema)
        write(run, "regressions", rows, inference=inference, regression=name)
    found = read(run, "regressions")
    assert found is not None
    assert found.select(["regression", "inference", "term"]).to_pylist() == [
        {"regression": "multilingual", "inference": "paper", "term": "multilingual"},
        {"regression": "us_bias", "inference": "valid", "term": "us_bias"},
    ]


def test_a_file_that_is_being_written_is_no_part_of_a_table(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    path = write(run, "responses", TABLES["responses"].schema.empty_table(), **NAMES)
    path.rename(path.with_name(".tmp-0.arrow"))
    assert read(run, "responses") is None


def test_a_file_without_a_column_is_refused_unless_the_reader_can_do_without(
    tmp_path: Path,
) -> None:
    run = RunDirectory(tmp_path / "run")
    path = write(run, "people", TABLES["people"].schema.empty_table())
    pyarrow.csv.write_csv(read(run, "people").drop_columns(["reason", "kind"]), path)
    with pytest.raises(RunMismatch, match=r"people\.csv lacks kind, reason.*repeat the command"):
        read(run, "people")
    found = read(run, "people", needed=["population"])
    assert found is not None
    assert found.column_names == ["population", "topics", "self_consistency"]


@pytest.mark.parametrize("name", ["alignment", "people", "responses"])
def test_a_damaged_file_is_refused_by_name(name: str, tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    path = write(run, name, TABLES[name].schema.empty_table(), **NAMES)
    path.write_bytes(b"")
    assert isinstance(read_file(path, TABLES[name]), Damage)
    with pytest.raises(RunMismatch, match=f"{path.name} cannot be read"):
        read(run, name)


def test_a_shard_stays_and_any_other_file_is_replaced(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    for name, stays in (("labels", True), ("alignment", False), ("cells", False)):
        empty = TABLES[name].schema.empty_table()
        path = write(run, name, empty, **NAMES)
        before = path.read_bytes()
        row = dict.fromkeys(empty.column_names) | {"model": "m"}
        rows = pa.Table.from_pylist([row], schema=empty.schema)
        write(run, name, rows, **NAMES)
        assert (path.read_bytes() == before) is stays


def test_a_table_without_a_file_in_a_run_is_unknown_to_readers_and_writers(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    with pytest.raises(UnknownName, match="did you mean 'responses'"):
        read(run, "response")
    with pytest.raises(UnknownName, match="capability"):
        write(run, "capability", TABLES["capability"].schema.empty_table())


def test_names_and_files_of_tables_are_distinct() -> None:
    files = [(t.folder, file) for t in TABLES.values() for file in (t.file, *t.copies) if file]
    assert len(files) == len(set(files))
    for name, table in TABLES.items():
        assert name == table.name
        assert table.file == "" or table.file.endswith((".csv", ".arrow"))
        assert set(table.path_columns) <= set(table.schema.names)
