"""A disk that fills up during a sweep is one line, and the same command resumes afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.answered import answer
from tests.conftest import Said
from tests.small import TOPICS, small_settings

WORDS = (
    "experiment=quickstart", "run=small", "language=[en]", "inference.rounds=60",
    "protocol=[hypothetical_interviews_short]",
    "design.prompts_per_language=24", "cluster.unit_size=8",
    f"topics.only=[{','.join(TOPICS)}]",
    "stages=[measure,regress,report]", "print_figures=true",
)  # fmt: skip


@pytest.mark.slow
def test_a_disk_that_fills_up_is_said_and_the_same_command_goes_on(
    culture_ray: Callable[..., Said], small_disk: Callable[[int], Path]
) -> None:
    disk = small_disk(4000)
    words = (*WORDS, f"results={disk}")
    settings = small_settings(disk, "language=[en]")
    answer(settings)
    filler = disk / "filler"
    for kib in (400, 60, 4):  # full when the figures, the tables, or the log are written
        taken = sum(p.stat().st_size // 4096 * 4 + 4 for p in disk.rglob("*") if p.is_file())
        filler.write_bytes(bytes((4000 - taken - kib) * 1024))
        complaint = culture_ray("sweep", *words).complaint
        assert "full" in complaint or "No space left" in complaint
        assert str(disk) in complaint
        filler.unlink()
    before = {path: path.read_bytes() for path in settings.run.shards("labels")}
    said = culture_ray("sweep", *words)
    assert said.code == 0, said.err
    assert (settings.run.folder / "report.html").exists()
    assert before == {path: path.read_bytes() for path in settings.run.shards("labels")}
