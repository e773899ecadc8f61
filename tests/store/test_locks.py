"""A file system without locks is named in one line, with every setting that has to change."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest

from culture_ray.errors import DiskProblem
from culture_ray.store.locks import check_locks, lock


def without_locks(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", fail)


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, 524])
def test_a_file_system_without_locks_is_said_with_both_ways_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    without_locks(monkeypatch, number)
    with pytest.raises(DiskProblem) as said:
        check_locks(tmp_path / "answers")
    assert "does not support file locks" in str(said.value)
    assert "results=..." in str(said.value)
    assert "spending.account=..." in str(said.value)
    assert len(str(said.value).splitlines()) == 1
    assert list((tmp_path / "answers").iterdir()) == []


def test_other_errors_stay_what_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_locks(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match="Input/output"):
        check_locks(tmp_path)


def test_a_folder_with_locks_is_left_as_it_was(tmp_path: Path) -> None:
    check_locks(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_lock_that_another_holds_blocks(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("w") as first, path.open("w") as second:
        lock(first.fileno(), path)
        with pytest.raises(BlockingIOError):
            lock(second.fileno(), path, fcntl.LOCK_EX | fcntl.LOCK_NB)
