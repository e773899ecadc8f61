from __future__ import annotations

import shutil
from pathlib import Path

from culture_ray.engines.openai.batch.journal import BatchJournal, BatchRequest
from culture_ray.store.atomic import TEMPORARY


def test_a_record_that_is_being_written_is_no_record_and_is_left_alone(tmp_path: Path) -> None:
    journal = BatchJournal(tmp_path)
    journal.open()
    record = journal.record_intent([BatchRequest("r", 0, "r/0-x")], ["{}"], 10)
    written = tmp_path / f"{TEMPORARY}0123.json"
    shutil.copy(tmp_path / f"{record.key}.json", written)
    empty = tmp_path / f"{TEMPORARY}4567.json"
    empty.touch()
    assert [one.key for one in journal.records()] == [record.key]
    assert journal.set_aside == []
    assert written.exists() and empty.exists()
    journal.close()
