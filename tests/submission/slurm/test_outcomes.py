"""The end of a job is told from accounting, else from the controller, else from its log."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.submission.slurm.job_id import JobId
from culture_ray.submission.slurm.outcomes import (
    JobOutcome,
    from_accounting,
    from_controller,
    outcome_of,
)
from tests.submission.standin_slurm import CONFIG, StandInSlurm

FAILED = "12|FAILED|2:0|None"
SHOWN = (
    "JobId=12 JobName=culture-ray-x UserId=me(1000) Priority=1 JobState=FAILED "
    "Reason=NonZeroExitCode Dependency=(null) Requeue=1 ExitCode=2:0 RunTime=00:00:02 NodeList=n1"
)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (FAILED, JobOutcome("FAILED", 2)),
        ("12|COMPLETED|0:0|None\n", JobOutcome("COMPLETED", 0)),
        ("12|CANCELLED by 1000|0:15|None", JobOutcome("CANCELLED", 0, 15)),
        ("12|OUT_OF_MEMORY|0:125|None", JobOutcome("OUT_OF_MEMORY", 0, 125)),
        ("12+0|COMPLETED|0:0|None\n12+1|NODE_FAIL|1:0|None", JobOutcome("NODE_FAIL", 1)),
        (
            "13|CANCELLED|0:0|DependencyNeverSatisfied",
            JobOutcome("CANCELLED", 0, 0, "DependencyNeverSatisfied"),
        ),
        ("** welcome **\n12|TIMEOUT|0:0|Dependency", JobOutcome("TIMEOUT", 0)),
        ("12|RUNNING|0:0|None", None),  # accounting is behind the queue
        ("JobID|State|NodeList\n12|FAILED|n1", None),  # a wrapper with columns of its own
        ("", None),
    ],
)
def test_accounting_is_read(text: str, outcome: JobOutcome | None) -> None:
    assert from_accounting(text) == outcome


def test_the_controllers_memory_is_read() -> None:
    assert from_controller(SHOWN) == JobOutcome("FAILED", 2)
    assert from_controller(SHOWN.replace("FAILED", "COMPLETING")) is None
    two = f"{SHOWN.replace('FAILED', 'COMPLETED').replace('2:0', '0:0')}\n{SHOWN}"
    assert from_controller(two) == JobOutcome("FAILED", 2)
    assert from_controller("slurm_load_jobs error: Invalid job id specified") is None


def test_what_knows_most_is_asked_first(slurm_bin: StandInSlurm, tmp_path: Path) -> None:
    log = tmp_path / "12.log"
    log.write_text("starting\nculture-ray: no such model\nsweep.sbatch: exit code 3\n")
    left = outcome_of(JobId("12"), log)
    assert left == JobOutcome(None, 3, 0, "", "culture-ray: no such model")
    slurm_bin.says(scontrol=SHOWN)
    assert outcome_of(JobId("12"), log).code == 2
    slurm_bin.says(sacct="12|FAILED|1:0|None")
    assert outcome_of(JobId("12"), log).code == 1
    assert not outcome_of(JobId("12"), tmp_path / "none.log").last_line


def test_accounting_of_another_cluster_is_asked(slurm_bin: StandInSlurm, tmp_path: Path) -> None:
    slurm_bin.says(sacct=FAILED, scontrol=CONFIG["alpha"])
    outcome_of(JobId("12", "beta"), tmp_path / "12.log")
    outcome_of(JobId("12", "alpha"), tmp_path / "12.log")
    other, own = slurm_bin.called("sacct")
    assert "--clusters=beta" in other
    assert "--clusters" not in own
