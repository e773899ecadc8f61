"""A folder is there as it was or as it is now, and what killed writers left goes away."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from culture_ray.errors import WrongValue
from culture_ray.store.atomic import ABANDONED_S, TEMPORARY
from culture_ray.store.folders import replaced_folder


def test_a_folder_is_replaced_whole_and_only_where_it_is_ours(tmp_path: Path) -> None:
    target = tmp_path / "out"
    for word in ("first", "second"):
        with replaced_folder(target, "marker", "to") as folder:
            (folder / "marker").write_text(word)
            (folder / word).write_text("")
    assert sorted(path.name for path in target.iterdir()) == ["marker", "second"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with replaced_folder(target, "marker", "to") as folder:
        (folder / "marker").write_text("first")
    with pytest.raises(KeyboardInterrupt), replaced_folder(target, "marker", "to") as folder:
        (folder / "marker").write_text("half")
        raise KeyboardInterrupt
    assert (target / "marker").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("content", ["file", "folder"])
def test_other_files_are_never_replaced(tmp_path: Path, content: str) -> None:
    target = tmp_path / "out"
    if content == "file":
        target.write_text("mine")
    else:
        target.mkdir()
        (target / "mine").write_text("mine")
    with pytest.raises(WrongValue, match="to="), replaced_folder(target, "marker", "to"):
        pytest.fail("the block has to be left out")
    assert target.exists()


def test_what_killed_writers_left_goes_with_the_next_one_unless_it_may_be_at_work(
    tmp_path: Path,
) -> None:
    old, new, other = (tmp_path / name for name in (f"{TEMPORARY}old", f"{TEMPORARY}new", "mine"))
    for folder in (old, new, other):
        folder.mkdir()
        (folder / "half").write_text("half")
    long_ago = time.time() - ABANDONED_S - 60
    for folder in (old, other):
        os.utime(folder, (long_ago, long_ago))
    with replaced_folder(tmp_path / "out", "marker", "to") as folder:
        (folder / "marker").write_text("first")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([new.name, other.name, "out"])
