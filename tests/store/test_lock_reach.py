"""Locks that hold on one machine only are found out when the second machine starts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from culture_ray.errors import DiskProblem
from culture_ray.store.lock_reach import EXPIRY_S, SharedFolder

BEAT_S = 0.02


def local_lock(file: int, path: Path, kind: int) -> None:
    """Give every lock to everybody, as file systems do whose locks stay on their machine."""


@contextmanager
def there(folder: Path, machine: str, **options: object) -> Iterator[SharedFolder]:
    shared = SharedFolder(folder, machine, BEAT_S, **options)  # type: ignore[arg-type]
    try:
        yield shared
    finally:
        shared.leave()


def test_machines_whose_locks_reach_each_other_share_a_folder(tmp_path: Path) -> None:
    with there(tmp_path, "a"), there(tmp_path, "b"), there(tmp_path, "c"):
        assert len(list(tmp_path.iterdir())) == 3
    assert list(tmp_path.iterdir()) == []


def test_locks_that_stay_on_their_machine_are_an_error_of_the_second(tmp_path: Path) -> None:
    with there(tmp_path, "a", take=local_lock):
        with pytest.raises(DiskProblem) as said, there(tmp_path, "b", take=local_lock):
            pass
        assert f"file locks in {tmp_path} hold on one machine only" in str(said.value)
        assert "results=..." in str(said.value)
        assert "spending.account=..." in str(said.value)
        assert len(list(tmp_path.iterdir())) == 1  # the first goes on, the second has left


def test_on_one_machine_such_locks_are_good_enough(tmp_path: Path) -> None:
    with there(tmp_path, "a", take=local_lock), there(tmp_path, "a", take=local_lock):
        pass


def test_a_process_that_died_a_moment_ago_does_not_stop_the_next(tmp_path: Path) -> None:
    (tmp_path / "dead.lock").write_text("a\nhost\n")
    with there(tmp_path, "b"):
        assert not (tmp_path / "dead.lock").exists()


def test_a_file_that_nobody_has_touched_for_long_is_removed_unread(tmp_path: Path) -> None:
    old = tmp_path / "old.lock"
    old.write_text("a\nhost\n")
    os.utime(old, (old.stat().st_mtime - 2 * EXPIRY_S,) * 2)
    with there(tmp_path, "b", take=local_lock):
        assert not old.exists()
