"""Errors of a Hydra launcher become errors of one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from culture_ray.config.launchers import problem_of_launcher, run_as_job
from culture_ray.errors import CultureRayError, JobLost, SlurmRefused, WrongValue

submitit = pytest.importorskip("submitit.core.utils", reason="the extra slurm is not installed")


def test_what_slurm_refuses_is_told_in_its_words() -> None:
    said = "sbatch: error: invalid partition specified: x\nsbatch: error: Invalid partition name"
    problem = problem_of_launcher(submitit.FailedJobError(said))
    assert isinstance(problem, SlurmRefused)
    assert str(problem) == "Slurm refused (sbatch): Invalid partition name"


def test_a_job_that_vanished_is_told_without_its_log() -> None:
    said = "Job 7_0 (task: 0)\nhas not produced any output (state: CANCELLED)\n----\nlog\nlog"
    problem = problem_of_launcher(submitit.UncompletedJobError(said))
    assert isinstance(problem, JobLost)
    assert problem.exit_code == 3
    assert str(problem).startswith("Job 7_0 (task: 0) has not produced any output (state: CANCEL")
    assert len(str(problem).splitlines()) == 1


def test_an_error_of_anybody_else_stays_what_it_is() -> None:
    assert problem_of_launcher(RuntimeError("sbatch: error: x")) is None


def test_an_error_within_a_job_travels_with_its_exit_code() -> None:
    def act(content: object, experiment: str) -> int:
        raise WrongValue("seed", "x", "a number")

    with pytest.raises(CultureRayError, match=r"run 'a': seed='x' cannot be used") as told:
        run_as_job(act, {"run": "a"}, "")
    assert told.value.exit_code == 2


_JOB = """
import atexit, os, tempfile
from culture_ray.config.launchers import run_as_job
from culture_ray.errors import WrongValue

def act(content, experiment):
    print(os.environ["RAY_TMPDIR"], tempfile.gettempdir())
    {body}

atexit.register(lambda: print("cleaned up"))
try:
    run_as_job(act, {{"run": "a"}}, "")
except Exception as error:
    print("result written:", error)
"""


@pytest.mark.parametrize(
    ("body", "code"),
    [("return 0", 0), ("return 3", 3), ("raise WrongValue('seed', 'x', 'a number')", 2),
     ("raise RuntimeError('x')", 1),
     ("from multiprocessing import util; print(util.get_temp_dir()); return 3", 3),
     ("from multiprocessing import util; print(util.get_temp_dir()); return 0", 0)],
)  # fmt: skip
def test_a_job_of_submitit_ends_with_the_code_of_its_error_once_the_result_is_written(
    body: str, code: int
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _JOB.format(body=body)], check=False, capture_output=True, text=True,
        env=os.environ | {"SUBMITIT_FOLDER": "/grid/.submitit/7"},
    )  # fmt: skip
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr
    assert ("result written:" in ended.stdout) == bool(code)
    assert ("see the job's log in /grid/.submitit\n" in ended.stdout) == (code == 3)
    folders = [Path(word) for word in ended.stdout.splitlines()[0].split()]
    assert all(folder.parent.name.startswith("job-") for folder in folders)
    assert not any(folder.exists() for folder in folders)
