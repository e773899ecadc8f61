"""A calibration that was interrupted goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.calibration import batches as module
from tests.calibration.batches import Batch, batches, calibrate, done, of_finished_worlds
from tests.calibration.rates import Count


def test_every_world_has_its_first_batch_before_any_has_its_second() -> None:
    planned = batches(["a", "b"], studies=module.BATCH + 1, seed=1)
    assert [(b.world, b.number) for b in planned] == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]


@pytest.mark.slow
def test_batches_that_are_kept_are_not_counted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "batches.jsonl"
    monkeypatch.setattr(module, "BATCH", 2)
    first, second = (Batch("2 families of 5", number, 1) for number in range(2))
    (kept,) = calibrate([first], file, processes=1)
    with file.open("a") as lines:
        lines.write('{"key": "cut o')
    before = file.read_text()
    again, added = calibrate([first, second], file, processes=1)
    assert again == kept
    assert file.read_text().startswith(before)
    assert done(file) == {first.key: kept[1], second.key: added[1]}


def test_a_file_is_read_up_to_a_line_that_was_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "batches.jsonl"
    file.write_text(
        '{"key": "k", "counts": [{"figure": "f", "what": "covers", "hits": 1, "of": 2, '
        '"nominal": 95.0}]}\n{"key": "l", "cou'
    )
    assert done(file) == {"k": [Count("f", "covers", 1, 2, 95.0)]}


def test_only_worlds_with_all_of_their_batches_count_as_finished(tmp_path: Path) -> None:
    file = tmp_path / "batches.jsonl"
    whole, part = "as published", "2 languages"
    wanted = batches([whole, part], studies=2 * module.BATCH, seed=1)
    kept = [batch for batch in wanted if batch.world == whole or batch.number == 0]
    file.write_text("".join(json.dumps({"key": b.key, "counts": []}) + "\n" for b in kept))
    assert of_finished_worlds(wanted, file) == [(Batch(whole, n, 1), []) for n in range(2)]
