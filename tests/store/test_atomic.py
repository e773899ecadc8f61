"""A file is there whole or not at all, whatever stops the writer, and the first writer wins."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from culture_ray.errors import DiskProblem
from culture_ray.store.atomic import TEMPORARY, clear_leftovers, replace, replace_text, write_once
from tests.conftest import ROOT

Write = Callable[[Path], None]


def writing(text: str) -> Write:
    return lambda path: path.write_text(text, encoding="utf-8") and None


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


class Stopped(BaseException):
    """Exception that no handler expects, like Ctrl-C."""


def stop_in_write(monkeypatch: pytest.MonkeyPatch) -> Write:
    def half(path: Path) -> None:
        path.write_text("new, but only hal")
        raise Stopped

    return half


def stop_in(owner: object, name: str) -> Callable[[pytest.MonkeyPatch], Write]:
    def arrange(monkeypatch: pytest.MonkeyPatch) -> Write:
        def stopped(*_: object) -> None:
            raise Stopped

        monkeypatch.setattr(owner, name, stopped)
        return writing("new")

    return arrange


before_it_stands = pytest.mark.parametrize(
    "arrange",
    [stop_in_write, stop_in(os, "fsync"), stop_in(os, "link"), stop_in(Path, "rename")],
    ids=["while writing", "at the sync", "at the link", "at the rename"],
)


@before_it_stands
@pytest.mark.parametrize("act", [write_once, replace])
def test_a_writer_that_stops_at_any_step_leaves_what_was_there_and_nothing_else(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arrange: Callable[[pytest.MonkeyPatch], Write],
    act: Callable[[Path, Write], object],
) -> None:
    path = tmp_path / "kept.txt"
    if act is replace:
        replace_text(path, "old")
    before = names(tmp_path)
    with monkeypatch.context() as patched:
        write = arrange(patched)
        try:
            act(path, write)
        except Stopped:
            assert names(tmp_path) == before
            assert not path.exists() or path.read_text() == "old"
        else:  # this function does not take that step
            assert path.read_text() == "new"
    act(path, writing("new"))
    assert path.read_text() == "new"
    assert names(tmp_path) == ["kept.txt"]


def test_a_writer_that_is_killed_leaves_a_temporary_file_that_is_no_shard(tmp_path: Path) -> None:
    path = tmp_path / "kept.txt"
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from culture_ray.store.atomic import write_once\n"
        "def half(p): p.write_text('hal'); os.kill(os.getpid(), signal.SIGKILL)\n"
        "write_once(Path(sys.argv[1]), half)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, path], check=False, cwd=ROOT)
    assert ended.returncode == -signal.SIGKILL
    left = names(tmp_path)
    assert len(left) == 1
    assert left[0].startswith(TEMPORARY)
    assert write_once(path, writing("whole"))
    assert path.read_text() == "whole"


@pytest.mark.slow
def test_of_many_processes_exactly_one_writes_each_file_and_its_content_is_whole(
    tmp_path: Path,
) -> None:
    racers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.store.racing", str(tmp_path), str(name), "60"],
            stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for name in range(5)
    ]  # fmt: skip
    try:
        while len(list(tmp_path.glob("ready-*"))) < len(racers):
            assert all(racer.poll() is None for racer in racers)
            time.sleep(0.01)
        (tmp_path / "go").touch()
        said = [racer.communicate(timeout=120)[0].split() for racer in racers]
    finally:
        for racer in racers:
            racer.kill()
            racer.wait()
    winner = {int(number): name for name, numbers in enumerate(said) for number in numbers}
    assert sum(map(len, said)) == len(winner) == 60
    for number, name in winner.items():
        text = (tmp_path / "raced" / f"{number}.txt").read_text()
        assert text == f"{name}\n" * 20_000
    assert len(names(tmp_path / "raced")) == 60


def test_the_second_writer_is_told_so_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a" / "kept.txt"
    assert write_once(path, writing("first"))
    assert not write_once(path, writing("second"))
    assert path.read_text() == "first"
    assert names(tmp_path) == ["kept.txt"]


def test_a_file_system_without_hard_links_is_written_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "kept.txt"
    assert write_once(path, writing("first"))
    assert not write_once(path, writing("second"))
    assert path.read_text() == "first"
    assert names(tmp_path) == ["kept.txt"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk quota is used up"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EACCES, "permission denied"),
        (errno.EFBIG, "larger than this process may write"),
        (errno.EIO, "input/output error"),
        (errno.ESTALE, "mounted anew"),
        (errno.ENOENT, "not there and cannot be made"),
    ],
)
@pytest.mark.parametrize("act", [write_once, replace])
def test_what_the_disk_refuses_is_said_in_words_with_what_to_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[Path, Write], object],
    number: int,
    words: str,
) -> None:
    def refused(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refused)
    path = tmp_path / "kept.txt"
    with pytest.raises(DiskProblem, match=words) as said:
        act(path, writing("new"))
    assert str(path) in str(said.value)
    assert "run the same command again" in str(said.value)
    assert names(tmp_path) == []


def test_a_file_in_the_place_of_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("not a folder")
    for path in (tmp_path / "run" / "kept.txt", tmp_path / "run" / "deep" / "kept.txt"):
        with pytest.raises(DiskProblem, match="a part of the path is a file"):
            write_once(path, writing("new"))


def test_faults_of_the_code_are_not_mistaken_for_those_of_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EBADF, "bad file descriptor")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="bad file descriptor"):
        replace(tmp_path / "kept.txt", writing("new"))
    assert names(tmp_path) == []


def test_only_what_a_killed_writer_left_long_ago_is_cleared(tmp_path: Path) -> None:
    inner = tmp_path / "responses" / "model=m"
    inner.mkdir(parents=True)
    for name in (f"{TEMPORARY}old.arrow", f"{TEMPORARY}new.arrow", "shard.arrow"):
        (inner / name).write_text("x")
    for name in (f"{TEMPORARY}old.arrow", "shard.arrow"):
        os.utime(inner / name, (1, 1))
    clear_leftovers(tmp_path)
    assert names(tmp_path) == [f"{TEMPORARY}new.arrow", "shard.arrow"]
