"""Job states are read from the output of Slurm's own commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from culture_ray.submission.chain import write_chain
from culture_ray.submission.jobs import job_lines
from tests.conftest import Said

Slurm = Callable[..., Path]


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Slurm:
    """Return a function that installs stand-ins of squeue and scancel; it returns scancel's log."""

    def say(*lines: str) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        for name, body in (
            ("squeue", f"cat <<'END'\n{chr(10).join(lines)}\nEND"),
            ("scancel", f'echo "$@" >{tmp_path}/cancelled'),
        ):
            (folder / name).write_text(f"#!/bin/bash\n{body}\n")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        return tmp_path / "cancelled"

    return say


def test_every_part_of_a_heterogeneous_job_has_its_line(tmp_path: Path, slurm: Slurm) -> None:
    slurm("12+0|RUNNING|1:02|n1", "12+1|RUNNING|1:02|n[2-3]", "112|RUNNING|5:00|n4")
    write_chain(tmp_path, ["12", "14"])
    assert list(job_lines(tmp_path)) == [
        "Slurm job 12+0: running for 1:02, n1",
        "Slurm job 12+1: running for 1:02, n[2-3]",
    ]


@pytest.mark.slow
def test_a_heterogeneous_job_is_cancelled_by_the_id_that_stands_for_all_parts(
    workplace: Path, slurm: Slurm, culture_ray: Callable[..., Said]
) -> None:
    # While it waits Slurm refuses to cancel a part alone.
    cancelled = slurm("12+0|PENDING|0:00|(Resources)", "12+1|PENDING|0:00|(Resources)")
    (workplace / "results/small/slurm").mkdir(parents=True)
    write_chain(workplace / "results/small/slurm", ["12"])
    assert culture_ray("cancel", "run=small").out == "run small: cancelled: 12\n"
    assert cancelled.read_text() == "12\n"


@pytest.mark.slow
def test_a_run_whose_job_waits_has_a_status(
    workplace: Path, slurm: Slurm, culture_ray: Callable[..., Said]
) -> None:
    slurm("12|PENDING|0:00|(Priority)")
    (workplace / "results/small/slurm").mkdir(parents=True)
    write_chain(workplace / "results/small/slurm", ["12"])
    said = culture_ray("status", "run=small", "language=[]")
    assert (said.code, said.out) == (0, "Slurm job 12: pending for 0:00, (Priority)\n")
    slurm()
    said = culture_ray("status", "run=small", "language=[]", "--watch")
    assert said.out.startswith("Slurm jobs 12: ended; logs in ")
