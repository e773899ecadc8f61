"""A run that Slurm ran is resumed by the words that submitted it."""

from __future__ import annotations

from pathlib import Path

from culture_ray.submission.script import batch_script
from culture_ray.submission.submitted_command import command_of_sweep, submitted_command
from tests.submission.test_script import JOB, SLURM

COMMAND = "culture-ray submit experiment=paper 'run=it'\"'\"'s mine'"
IN_JOB = ["experiment=paper", "results=/r", "cluster.address=10.0.0.1:6379"]


def test_in_a_job_it_is_what_was_submitted() -> None:
    job = {"SLURM_JOB_ID": "5", "CULTURE_RAY_COMMAND": COMMAND}
    assert command_of_sweep(IN_JOB, job) == COMMAND
    by_hand = command_of_sweep(IN_JOB, {"SLURM_JOB_ID": "5", "CULTURE_RAY_SLURM": "/c/slurm"})
    assert by_hand == "sbatch /c/slurm/sweep.sbatch experiment=paper results=/r"


def test_outside_of_slurm_it_is_the_sweep_itself() -> None:
    assert command_of_sweep(IN_JOB, {}) == f"culture-ray sweep {' '.join(IN_JOB)}"
    # An interactive job in which somebody starts a sweep.
    assert command_of_sweep(["a=b"], {"SLURM_JOB_ID": "5"}) == "culture-ray sweep a=b"


def test_a_script_knows_the_command_that_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "sweep.sbatch"
    assert submitted_command(path) is None
    path.write_text(batch_script(JOB, SLURM, "x", tmp_path, ["a=b"], command=COMMAND))
    assert submitted_command(path) == COMMAND
    path.write_text(batch_script(JOB, SLURM, "x", tmp_path, ["a=b"]))
    assert submitted_command(path) is None
