"""A file system that cannot commit, or has no room, is found out before anything is asked."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from culture_ray.errors import DiskProblem
from culture_ray.store.probe import check_commits, check_room


def refuse(number: int) -> Callable[[Path, Path], None]:
    def act(source: Path, target: Path) -> None:
        raise OSError(number, os.strerror(number))

    return act


def clobber(source: Path, target: Path) -> None:
    """Link like a file system that takes no notice of what stands there."""
    target.write_bytes(source.read_bytes())


def test_an_ordinary_folder_is_taken_and_left_as_it_was(tmp_path: Path) -> None:
    check_commits(tmp_path / "results" / "run")
    assert list((tmp_path / "results" / "run").iterdir()) == []


@pytest.mark.parametrize(
    ("link", "rename", "words"),
    [
        (refuse(errno.EOPNOTSUPP), os.rename, "has no hard links (Operation not supported)"),
        (refuse(errno.EPERM), os.rename, "has no hard links (Operation not permitted)"),
        (clobber, os.rename, "has no hard links that fail where the name is taken"),
        (os.link, refuse(errno.EXDEV), "has no renames that replace a file"),
    ],
)
def test_a_file_system_that_cannot_commit_is_said_in_one_line(
    tmp_path: Path, link: Callable[[Path, Path], None], rename: Callable[[Path, Path], None],
    words: str,
) -> None:  # fmt: skip
    with pytest.raises(DiskProblem) as said:
        check_commits(tmp_path, link, rename)
    assert words in str(said.value)
    assert "choose a folder on another file system (results=...)" in str(said.value)
    assert len(str(said.value).splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_too_little_room_names_what_there_is_and_what_is_wanted(
    small_disk: Callable[[int], Path],
) -> None:
    disk = small_disk(2048)
    check_room(disk, 2**20)
    with pytest.raises(DiskProblem, match=r"has 2 MiB free, .* needs about 10 MiB"):
        check_room(disk, 10 * 2**20)
