"""A second sweep does the stages that have something new to read, and no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.stages.analyse import analyse
from culture_ray.stages.context import RunContext
from culture_ray.stages.sweep import sweep
from tests.in_process import Quiet
from tests.mixed_run import moved
from tests.standin import StandInEngine

LOCAL = (Stage.MEASURE, Stage.REGRESS, Stage.REPORT)


class Told(Quiet):
    """A progress display that keeps its lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


def swept(settings: Settings) -> tuple[tuple[Stage, ...], list[str]]:
    """Return the stages that a sweep left as they were, and why it did the others again."""
    told = Told()
    result = sweep(RunContext(settings), StandInEngine, told)  # type: ignore[arg-type]
    return result.unchanged, [line for line in told.lines if " again, " in line]


def written(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_a_second_sweep_does_again_what_has_changed_and_nothing_else(
    mixed_run: Settings, tmp_path: Path
) -> None:
    settings = replace(moved(mixed_run, tmp_path), stages=LOCAL)
    folder = settings.run.folder
    assert swept(settings) == ((), [])
    before = written(folder)
    assert swept(settings) == (LOCAL, [])
    after = written(folder)
    assert {path.name for path in before if before[path] != after[path]} == {"provenance.json"}

    page = (folder / "report.html").read_bytes()
    (folder / "report.html").unlink()
    lost = "report again, because of changes in report.html"
    assert swept(settings) == ((Stage.MEASURE, Stage.REGRESS), [lost])
    assert len((folder / "report.html").read_bytes()) == pytest.approx(len(page), rel=0.01)

    cells = (folder / "cells.csv").read_bytes()
    (folder / "cells.csv").unlink()
    lost = "regress again, because of changes in cells.csv"
    assert swept(settings) == ((Stage.MEASURE, Stage.REPORT), [lost])
    assert (folder / "cells.csv").read_bytes() == cells

    analyse(RunContext(settings))
    assert swept(settings) == (LOCAL, [])
    assert swept(replace(settings, redo=True)) == ((), [])
