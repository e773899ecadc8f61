"""Rows are counted over all shards, whatever their number; failures by their kind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa

from culture_ray.run.row_counts import count_requests, count_rule_labels, count_shards
from culture_ray.store.shard_metadata import RowCounts
from culture_ray.store.shards import replace_table
from culture_ray.tables import REQUESTS, RESPONSES
from tests.store.shards_at_hand import committed, rows_of


def test_every_shard_of_a_large_run_counts_once(tmp_path: Path) -> None:
    first = committed(tmp_path, RESPONSES)
    paths = [Path(shutil.copy(first, tmp_path / f"{number}.arrow")) for number in range(150)]
    paths[7].write_bytes(b"")
    one, all_ = count_shards([first]), count_shards(paths)
    assert one.rows == 6
    assert all_.rows == 149 * 6
    assert all_.failures == {kind: 149 * count for kind, count in one.failures.items()} != {}


def test_no_shards_have_no_rows() -> None:
    assert count_shards([]) == RowCounts(0)


def test_requests_are_told_apart_by_their_need_of_a_judge(tmp_path: Path) -> None:
    table = rows_of(REQUESTS, 5)
    protocols = ["hypothetical_interviews"] * 3 + ["direct_item"] * 2
    place = table.schema.get_field_index("protocol")
    path = tmp_path / "language=en.arrow"
    replace_table(path, table.set_column(place, table.schema.field(place), [protocols]))
    assert count_requests([path, path]) == (6, 4)
    assert count_requests([]) == (0, 0)


def test_a_battery_gets_a_label_by_rule_per_topic_and_older_tables_one_per_request(
    tmp_path: Path,
) -> None:
    rows = [
        ("battery", ["a", "b", "c"]),
        ("free_sampling", None),
        ("hypothetical_interviews", None),
    ]
    protocols, items = (list(part) for part in zip(*rows, strict=True))
    now, older = tmp_path / "now.arrow", tmp_path / "older.arrow"
    replace_table(now, pa.table({"protocol": protocols, "items": items}))
    replace_table(older, pa.table({"protocol": protocols}))
    assert count_rule_labels([now]) == 4
    assert count_rule_labels([older, now]) == 2 + 4
