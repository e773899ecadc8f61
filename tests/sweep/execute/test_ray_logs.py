"""Ray's logs are kept with their ends, and within bounds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from culture_ray.sweep.execute.ray_logs import keep_logs, main


def log(path: Path, content: str, written_at: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    os.utime(path, (written_at, written_at))


def test_the_end_of_every_log_is_kept_and_empty_ones_are_not(tmp_path: Path) -> None:
    log(tmp_path / "logs/raylet.out", "abcdef", 1.0)
    log(tmp_path / "logs/old/worker.err", "xy", 2.0)
    log(tmp_path / "logs/empty.out", "", 3.0)
    assert keep_logs(tmp_path / "logs", tmp_path / "kept", tail_bytes=4) == 2
    assert (tmp_path / "kept/raylet.out").read_text() == "cdef"
    assert (tmp_path / "kept/old/worker.err").read_text() == "xy"
    assert not (tmp_path / "kept/empty.out").exists()


def test_logs_written_last_are_kept_first_and_no_more_than_the_total(tmp_path: Path) -> None:
    for number in range(10):
        log(tmp_path / f"logs/{number}.out", 10 * str(number), float(number))
    assert keep_logs(tmp_path / "logs", tmp_path / "kept", total_bytes=35) == 3
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == [
        "7.out",
        "8.out",
        "9.out",
    ]


def test_what_an_earlier_attempt_kept_is_replaced(tmp_path: Path) -> None:
    log(tmp_path / "kept/before.out", "old", 1.0)
    log(tmp_path / "logs/now.out", "new", 1.0)
    keep_logs(tmp_path / "logs", tmp_path / "kept")
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["now.out"]


def test_no_logs_and_no_place_for_them_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(str(tmp_path / "none"), str(tmp_path / "kept"))
    assert capsys.readouterr().out == "Ray has written no logs\n"
    assert not (tmp_path / "kept").exists()
    log(tmp_path / "logs/raylet.out", "x", 1.0)
    (tmp_path / "file").write_text("")
    main(str(tmp_path / "logs"), str(tmp_path / "file/kept"))
    assert "could not be kept" in capsys.readouterr().out
