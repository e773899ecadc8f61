"""The first bytes of a shard say the same as its rows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from culture_ray.store.shard_metadata import (
    COUNTS,
    RowCounts,
    checksum_of,
    counts_of,
    metadata_of,
)
from culture_ray.store.shards import commit, damage, read, unit_id, write_ipc
from culture_ray.tables import LABELS, RESPONSES
from tests.store.shards_at_hand import committed, rows_of

REASONS = st.none() | st.sampled_from(["the engine said no", "timed out: 30 s", "ø \U0001f600"])
STATUSES = st.sampled_from(["labelled", "unparsable", "failed", "error"])


def _with(table: pa.Table, **columns: list[str | None]) -> pa.Table:
    for name, values in columns.items():
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(name), pa.array(values, pa.string()))
    return table


def _path(folder: Path, table: pa.Table) -> Path:
    return folder / f"{unit_id(0, table.column('request_id').to_pylist())}.arrow"


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(REASONS, max_size=8))
def test_counts_of_responses_are_those_of_their_rows(
    tmp_path: Path, reasons: list[str | None]
) -> None:
    table = _with(rows_of(RESPONSES, len(reasons)), failure=reasons)
    path = _path(tmp_path, table)
    path.unlink(missing_ok=True)
    commit(path, table)
    assert COUNTS in metadata_of(path)
    expected = Counter(reason for reason in reasons if reason is not None)
    assert counts_of(path) == RowCounts(len(reasons), {}, expected)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(STATUSES, REASONS), max_size=8))
def test_of_labels_only_errors_count_as_failures(
    tmp_path: Path, rows: list[tuple[str, str | None]]
) -> None:
    table = _with(
        rows_of(LABELS, len(rows)),
        status=[row[0] for row in rows],
        failure=[row[1] for row in rows],
    )
    path = _path(tmp_path, table)
    path.unlink(missing_ok=True)
    commit(path, table)
    expected = Counter(why for status, why in rows if status == "error" and why is not None)
    assert counts_of(path) == RowCounts(len(rows), Counter(row[0] for row in rows), expected)


@pytest.mark.parametrize("schema", [RESPONSES, LABELS], ids=["responses", "labels"])
def test_a_shard_without_counts_gives_the_same_ones(tmp_path: Path, schema: pa.Schema) -> None:
    path = committed(tmp_path, schema)
    old = tmp_path / "old.arrow"
    table = read(path)
    kept = {key: value for key, value in table.schema.metadata.items() if key != COUNTS}
    write_ipc(old, table.replace_schema_metadata(kept))
    assert COUNTS not in metadata_of(old)
    assert counts_of(old) == counts_of(path)


def test_many_long_reasons_are_counted_in_the_rows_alone(tmp_path: Path) -> None:
    reasons: list[str | None] = [f"reason {number} {'x' * 500}" for number in range(20)]
    table = _with(rows_of(RESPONSES, 20), failure=reasons)
    path = _path(tmp_path, table)
    commit(path, table)
    assert COUNTS not in metadata_of(path)
    counts = counts_of(path)
    assert counts is not None
    assert sum(counts.failures.values()) == len(counts.failures) == 20


def test_a_reason_that_looks_like_a_missing_checksum_does_no_harm(tmp_path: Path) -> None:
    reason = "no answer to request " + "0" * 40
    table = _with(rows_of(RESPONSES, 2), failure=[reason, None])
    path = _path(tmp_path, table)
    commit(path, table)
    assert damage(path, RESPONSES) is None
    assert counts_of(path) == RowCounts(2, {}, {reason: 1})


def test_metadata_longer_than_the_bytes_read_at_first_are_read_whole(tmp_path: Path) -> None:
    path = committed(tmp_path, RESPONSES)
    table = read(path)
    long = tmp_path / "long.arrow"
    write_ipc(long, table.replace_schema_metadata({**table.schema.metadata, "x": "y" * 100_000}))
    assert metadata_of(long)[b"x"] == b"y" * 100_000


@pytest.mark.parametrize("kept", [0, 5, 100, 20_000, -1])
def test_a_file_that_was_cut_off_has_no_counts_and_no_checksum(tmp_path: Path, kept: int) -> None:
    path = committed(tmp_path, RESPONSES, count=200)
    assert counts_of(path) is not None
    path.write_bytes(path.read_bytes()[:kept])
    assert counts_of(path) is None
    assert checksum_of(path) == ""


def test_a_file_that_is_not_there_has_no_counts_and_no_checksum(tmp_path: Path) -> None:
    assert counts_of(tmp_path / "none.arrow") is None
    assert checksum_of(tmp_path / "none.arrow") == ""


def test_shards_of_the_same_rows_have_one_checksum_and_others_another(tmp_path: Path) -> None:
    one = committed(tmp_path / "a", RESPONSES)
    same = committed(tmp_path / "b", RESPONSES)
    assert checksum_of(one) == checksum_of(same) != checksum_of(committed(tmp_path, RESPONSES, 1))
