"""A shard verifies exactly when it holds what was written for the unit in its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from culture_ray.store.shards import commit, damage, read, replace_table, unit_id, write_ipc
from culture_ray.tables import LABELS, RESPONSES
from tests.store.shards_at_hand import committed, rows_of

both_schemas = pytest.mark.parametrize("schema", [RESPONSES, LABELS], ids=["responses", "labels"])


@both_schemas
@pytest.mark.parametrize("count", [0, 1, 7])
def test_a_committed_shard_verifies_and_gives_its_rows_back(
    tmp_path: Path, schema: pa.Schema, count: int
) -> None:
    path = committed(tmp_path, schema, count=count)
    assert damage(path, schema) is None
    assert read(path).equals(rows_of(schema, count, prefix="u0-"))


@both_schemas
def test_a_slice_of_a_larger_table_verifies(tmp_path: Path, schema: pa.Schema) -> None:
    whole = pa.concat_tables([rows_of(schema, 5), rows_of(schema, 5, prefix="s")])
    path = tmp_path / f"{unit_id(0, ['x'])}.arrow"
    assert commit(path, whole.slice(3, 5))
    assert damage(path, schema) is None
    assert read(path).to_pylist() == whole.to_pylist()[3:8]


def test_anyone_can_read_a_folder_of_shards_with_one_line(tmp_path: Path) -> None:
    for index in range(3):
        committed(tmp_path / "responses" / "model=m", RESPONSES, index)
    (tmp_path / "responses" / "model=m" / ".tmp-0123.arrow").write_bytes(b"half a shard")
    assert ds.dataset(tmp_path / "responses", format="arrow").count_rows() == 18


def test_the_first_shard_of_a_unit_stays(tmp_path: Path) -> None:
    path = committed(tmp_path, RESPONSES)
    first = read(path)
    assert not commit(path, rows_of(RESPONSES, prefix="later"))
    assert read(path).equals(first)


def test_unit_ids_tell_units_apart_by_place_and_by_requests() -> None:
    one = unit_id(0, ["a", "b"])
    assert one == unit_id(0, iter(["a", "b"]))
    assert one.startswith("000000-")
    others = [unit_id(1, ["a", "b"]), unit_id(0, ["b", "a"]), unit_id(0, ["a"]), unit_id(0, [])]
    assert len({one, *others}) == 5


# --- damage


def rewrite(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    """Write a shard again with another table, keeping what its metadata says of itself."""
    table = read(path)
    changed = change(table)
    write_ipc(path, changed.replace_schema_metadata(table.schema.metadata))


def relabel(path: Path, **changes: str | None) -> None:
    table = read(path)
    metadata = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    metadata |= {f"culture_ray.{name}": value for name, value in changes.items()}
    kept = {key: value for key, value in metadata.items() if value is not None}
    write_ipc(path, table.replace_schema_metadata(kept))


def swap_text(table: pa.Table) -> pa.Table:
    index = table.column_names.index("text")
    return table.set_column(index, table.schema.field(index), table.column("text").take([1, 0, 2]))


def double_request(table: pa.Table) -> pa.Table:
    return pa.concat_tables([table.slice(0, 2), table.slice(0, 1)])


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda p: p.write_bytes(b""), "cannot be read"),
    "not Arrow": (lambda p: p.write_text("<html>quota exceeded</html>" * 50), "cannot be read"),
    "zeros": (lambda p: p.write_bytes(bytes(p.stat().st_size)), "cannot be read"),
    "grown": (lambda p: p.write_bytes(p.read_bytes() + b"\0" * 64), "cannot be read"),
    "a folder": (lambda p: (p.unlink(), p.mkdir()), "cannot be read"),
    "lost rows": (lambda p: rewrite(p, lambda t: t.slice(0, 2)), "has lost rows"),
    "swapped texts": (lambda p: rewrite(p, swap_text), "does not hold what was written"),
    "doubled row": (lambda p: rewrite(p, double_request), "does not hold what was written"),
    "fewer columns": (lambda p: rewrite(p, lambda t: t.drop(["seed"])), "has other columns"),
    "other unit": (lambda p: relabel(p, unit="000001-abc"), "belongs to another unit"),
    "no unit": (lambda p: relabel(p, unit=None), "belongs to another unit"),
    "older version": (lambda p: relabel(p, schema_version="1"), "has schema version 1"),
    "no version": (lambda p: relabel(p, schema_version=None), "has schema version none"),
    "no checksum": (lambda p: relabel(p, checksum=None), "does not hold what was written"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found_and_named(tmp_path: Path, name: str) -> None:
    path = committed(tmp_path, RESPONSES, count=3)
    harm, words = DAMAGES[name]
    harm(path)
    found = damage(path, RESPONSES)
    assert found is not None
    assert found.path == path
    assert found.what.startswith(words)
    assert "\n" not in found.what


def test_a_shard_under_another_units_name_does_not_verify(tmp_path: Path) -> None:
    path = committed(tmp_path, RESPONSES)
    moved = path.rename(path.with_name(f"{unit_id(9, ['z'])}.arrow"))
    found = damage(moved, RESPONSES)
    assert found is not None
    assert found.what == "belongs to another unit"


def test_responses_do_not_pass_for_labels(tmp_path: Path) -> None:
    found = damage(committed(tmp_path, RESPONSES), LABELS)
    assert found is not None
    assert found.what == "has other columns"


def test_a_request_that_was_written_twice_is_found(tmp_path: Path) -> None:
    table = rows_of(RESPONSES, 3)
    path = tmp_path / f"{unit_id(0, [])}.arrow"
    assert commit(path, double_request(table))
    found = damage(path, RESPONSES)
    assert found is not None
    assert found.what == "holds a request twice"


def test_a_plain_table_without_metadata_does_not_verify(tmp_path: Path) -> None:
    path = tmp_path / f"{unit_id(0, [])}.arrow"
    replace_table(path, rows_of(RESPONSES))
    found = damage(path, RESPONSES)
    assert found is not None
    assert found.what.startswith("has schema version none")


@dataclass(frozen=True)
class Whole:
    """A shard that verifies, to be written over."""

    path: Path
    schema: pa.Schema
    content: bytes


@pytest.fixture(params=[RESPONSES, LABELS], ids=["responses", "labels"])
def whole(request: pytest.FixtureRequest, tmp_path: Path) -> Whole:
    path = committed(tmp_path, request.param, count=2)
    return Whole(path, request.param, path.read_bytes())


# Every example writes the whole file anew, so that they can share one folder.
sharing_a_folder = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@sharing_a_folder
@given(data=st.data())
def test_a_shard_cut_at_any_byte_does_not_verify(whole: Whole, data: st.DataObject) -> None:
    whole.path.write_bytes(whole.content[: data.draw(st.integers(0, len(whole.content) - 1))])
    assert damage(whole.path, whole.schema) is not None


@sharing_a_folder
@given(data=st.data())
def test_a_shard_with_changed_bytes_verifies_only_if_its_content_is_untouched(
    whole: Whole, data: st.DataObject
) -> None:
    changed = bytearray(whole.content)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    whole.path.write_bytes(bytes(changed))
    if damage(whole.path, whole.schema) is None:
        held = read(whole.path)
        whole.path.write_bytes(whole.content)
        assert held.equals(read(whole.path))


@pytest.mark.slow
def test_no_flipped_bit_changes_a_shard_unseen(whole: Whole) -> None:
    before, seen = read(whole.path), 0
    for place in range(0, len(whole.content), 11):
        changed = bytearray(whole.content)
        changed[place] ^= 1 << place % 8
        whole.path.write_bytes(bytes(changed))
        if damage(whole.path, whole.schema) is None:
            assert read(whole.path).equals(before), f"byte {place}"
        else:
            seen += 1
    assert seen > 50


def test_a_shard_that_may_not_be_opened_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = committed(tmp_path, RESPONSES)

    def refused(*_: object) -> bytes:
        raise PermissionError(13, "permission denied")

    monkeypatch.setattr("culture_ray.store.shards._content", refused)
    with pytest.raises(PermissionError):
        damage(path, RESPONSES)
