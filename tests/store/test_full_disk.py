"""A disk that is really full: nothing half-written, a clear word, and it goes on after cleaning."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from culture_ray.errors import DiskProblem
from culture_ray.store.run_directory import RunDirectory, open_run
from culture_ray.store.shards import commit
from culture_ray.tables import RESPONSES
from tests.conftest import ROOT
from tests.store.shards_at_hand import committed, rows_of


def test_a_full_disk_is_said_and_what_is_committed_stays_whole(
    small_disk: Callable[[int], Path],
) -> None:
    disk = small_disk(64)
    run = RunDirectory(disk / "full")
    folder = run.folder / "responses" / "model=m" / "language=da"
    done: list[Path] = []
    with pytest.raises(DiskProblem, match="the disk is full"):
        for index in range(100):
            done.append(committed(folder, RESPONSES, index))
    assert 0 < len(done) < 30
    assert sorted(folder.iterdir()) == sorted(done), "a part of a shard is left"
    assert open_run(run).done == frozenset(done)
    done.pop().unlink()
    (disk / "other").write_bytes(b"")
    done.append(committed(folder, RESPONSES, 200, count=1))
    assert open_run(run).done == frozenset(done)


@pytest.mark.slow
def test_a_limit_on_file_size_is_said_like_a_full_disk(tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from culture_ray.errors import DiskProblem\n"
        "from culture_ray.tables import RESPONSES\n"
        "from tests.store.shards_at_hand import committed\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))\n"
        "try: committed(Path(sys.argv[1]), RESPONSES)\n"
        "except DiskProblem as problem: print(problem)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        check=False, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "larger than this process may write" in ended.stdout
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_folder_is_said_before_anything_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DiskProblem, match="a part of the path is a file"):
        commit(tmp_path / "file" / "x.arrow", rows_of(RESPONSES))
