"""Records of stages are kept beside one another; what cannot be read counts as no record."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.stage_records import StageRecord, read_record, write_record

RECORD = StageRecord({"settings": "1"}, {"cells.csv": "2"})


def test_a_record_is_read_as_it_was_written_and_removed_alone(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    assert read_record(run, "measure") is None
    write_record(run, "measure", RECORD)
    write_record(run, "regress", StageRecord({}, {}))
    assert read_record(run, "measure") == RECORD
    write_record(run, "regress", None)
    assert read_record(run, "regress") is None
    assert read_record(run, "measure") == RECORD


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"measure": 1}', '{"measure": {"inputs": {}}}', "\udcff"]
)
def test_a_damaged_file_holds_no_record_and_is_replaced(tmp_path: Path, content: str) -> None:
    run = RunDirectory(tmp_path)
    run.stage_records.write_bytes(content.encode("utf-8", errors="surrogateescape"))
    assert read_record(run, "measure") is None
    write_record(run, "measure", RECORD)
    assert read_record(run, "measure") == RECORD
