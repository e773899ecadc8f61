"""A driver's snapshot can be read from another shell for as long as the driver works."""

from __future__ import annotations

import os
import time
from pathlib import Path

from culture_ray.sweep.progress.snapshot import Snapshot, StageProgress
from culture_ray.sweep.progress.snapshot_files import OLD_S, SnapshotFile, snapshots_in

SNAPSHOT = Snapshot([StageProgress("elicit", "m", 4, 2)], 10.0, {"m": 0.5}, 2.0)


def only(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_a_snapshot_is_seen_with_its_clock_going_on(tmp_path: Path) -> None:
    shown = SnapshotFile(tmp_path)
    shown.write_if_due(lambda: SNAPSHOT)
    (seen,) = snapshots_in(tmp_path, time.time() + 30).values()
    assert (seen.rows, seen.dollars, seen.cap_dollars) == (SNAPSHOT.rows, {"m": 0.5}, 2.0)
    assert 40 <= seen.seconds < 40 + OLD_S
    shown.remove()
    assert snapshots_in(tmp_path, time.time()) == {}


def test_a_snapshot_is_written_now_and_then_and_at_once_where_it_has_to_be(tmp_path: Path) -> None:
    now = 100.0
    shown = SnapshotFile(tmp_path, clock=lambda: now)
    shown.write_if_due(lambda: SNAPSHOT)
    only(tmp_path).unlink()
    shown.write_if_due(lambda: SNAPSHOT)
    assert not list(tmp_path.iterdir())
    shown.write_if_due(lambda: SNAPSHOT, force=True)
    assert only(tmp_path)


def test_a_driver_that_computes_and_shows_nothing_new_still_works(tmp_path: Path) -> None:
    shown = SnapshotFile(tmp_path, touch_every_s=0.01)
    shown.write_if_due(lambda: SNAPSHOT)
    os.utime(only(tmp_path), (1.0, 1.0))
    until = time.monotonic() + 30
    while not snapshots_in(tmp_path, time.time()) and time.monotonic() < until:
        time.sleep(0.01)
    assert snapshots_in(tmp_path, time.time())
    shown.remove()


def test_a_driver_that_was_killed_is_not_shown_any_more(tmp_path: Path) -> None:
    SnapshotFile(tmp_path).write_if_due(lambda: SNAPSHOT)
    assert snapshots_in(tmp_path, time.time() + OLD_S + 1) == {}
