"""Job states and outcomes are read from the output of Slurm's own commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from culture_ray.submission.chain import part_chain, write_chain, write_part
from culture_ray.submission.jobs import job_lines
from culture_ray.submission.slurm.job_id import JobId
from tests.conftest import Said
from tests.submission.standin_slurm import StandInSlurm


def test_every_part_of_a_heterogeneous_job_has_its_line(
    tmp_path: Path, slurm_bin: StandInSlurm
) -> None:
    slurm_bin.says(
        squeue="12+0|RUNNING|1:02|N/A|n1\n12+1|RUNNING|1:02|N/A|n[2-3]\n112|RUNNING|5:00|N/A|n4"
    )
    write_chain(tmp_path, [JobId("12"), JobId("14")])
    assert list(job_lines(tmp_path)) == [
        "Slurm job 12+0: running for 1:02, n1",
        "Slurm job 12+1: running for 1:02, n[2-3]",
        f"Slurm jobs 14: ended; logs in {tmp_path}, and neither they nor Slurm say how",
    ]


def test_a_job_of_a_part_says_which_models_it_asks(tmp_path: Path, slurm_bin: StandInSlurm) -> None:
    slurm_bin.says(squeue="12|RUNNING|1:02|N/A|n1\n13|PENDING|0:00|N/A|(Dependency)")
    write_chain(tmp_path, [JobId("12"), JobId("13")])
    write_part(part_chain(tmp_path, 1, "gpus"), [JobId("12")])
    write_part(part_chain(tmp_path, 2, "no_gpus"), [JobId("13")])
    assert list(job_lines(tmp_path)) == [
        "Slurm job 12 (models on GPUs): running for 1:02, n1",
        "Slurm job 13 (models without GPUs): pending (Dependency)",
    ]


def test_jobs_that_wait_for_the_same_reason_share_a_line(
    tmp_path: Path, slurm_bin: StandInSlurm
) -> None:
    # Slurm lists waiting jobs before running ones.
    slurm_bin.says(
        squeue="13|PENDING|0:00|N/A|(Dependency)\n14|PENDING|0:00|N/A|(Dependency)\n"
        "12|RUNNING|1:02|2026-11-30T22:40:46|n1"
    )
    write_chain(tmp_path, [JobId("12"), JobId("13"), JobId("14")])
    assert list(job_lines(tmp_path)) == [
        "Slurm job 12: running for 1:02, n1",
        "Slurm jobs 13, 14: pending (Dependency)",
    ]


def test_a_waiting_job_says_when_slurm_expects_it_to_start(
    tmp_path: Path, slurm_bin: StandInSlurm
) -> None:
    slurm_bin.says(squeue="12|PENDING|0:00|2026-11-30T22:40:46|(Resources)")
    write_chain(tmp_path, [JobId("12")])
    assert list(job_lines(tmp_path)) == [
        "Slurm job 12: pending (Resources), expected to start at 2026-11-30 22:40:46"
    ]


def test_a_job_that_stopped_says_that_the_next_one_resumes_the_run(
    tmp_path: Path, slurm_bin: StandInSlurm
) -> None:
    log = tmp_path / "12.log"
    log.write_text("culture-ray: stopped. Resume with: culture-ray submit\n")
    write_chain(tmp_path, [JobId("12"), JobId("13")])
    slurm_bin.says(squeue="13|RUNNING|1:02|N/A|n1", sacct="12|FAILED|75:0|None")
    assert list(job_lines(tmp_path)) == [
        f"Slurm job 12: stopped before the end; the next job resumes the run (log: {log})",
        "Slurm job 13: running for 1:02, n1",
    ]
    slurm_bin.says(squeue="", sacct="12|FAILED|75:0|None\n13|COMPLETED|0:0|None")
    assert "Resume with: culture-ray submit" in next(job_lines(tmp_path))


def test_of_the_jobs_that_stopped_only_the_last_says_how_to_resume(
    tmp_path: Path, slurm_bin: StandInSlurm
) -> None:
    logs = [tmp_path / f"{job}.log" for job in (12, 13)]
    for log in logs:
        log.write_text("culture-ray: stopped. Resume with: culture-ray submit\n")
    write_chain(tmp_path, [JobId("12"), JobId("13")])
    slurm_bin.says(squeue="", sacct="12|FAILED|75:0|None\n13|FAILED|75:0|None")
    first, last = job_lines(tmp_path)
    assert first == (
        f"Slurm job 12: stopped before the end; a later job resumed the run (log: {logs[0]})"
    )
    assert "Resume with: culture-ray submit" in last
    slurm_bin.says(squeue="13|RUNNING|1:02|N/A|n1", sacct="12|FAILED|75:0|None")
    assert next(job_lines(tmp_path)) == first


def test_a_failed_job_shows_state_code_reason_and_its_last_line(
    tmp_path: Path, slurm_bin: StandInSlurm
) -> None:
    log = tmp_path / "12.log"
    log.write_text("loading\nculture-ray: no cap\nsweep.sbatch: exit code 2\n")
    write_chain(tmp_path, [JobId("12")])
    slurm_bin.says(squeue="")
    assert list(job_lines(tmp_path)) == [
        f"Slurm job 12: ended, exit code 2 (invalid input): culture-ray: no cap (log: {log})"
    ]
    slurm_bin.says(scontrol="JobId=12 JobState=FAILED Reason=NonZeroExitCode ExitCode=2:0")
    assert list(job_lines(tmp_path)) == [
        f"Slurm job 12: failed, exit code 2 (invalid input): culture-ray: no cap (log: {log})"
    ]
    slurm_bin.says(sacct="12|OUT_OF_MEMORY|0:9|None")
    assert list(job_lines(tmp_path)) == [
        f"Slurm job 12: out of memory, signal 9: culture-ray: no cap (log: {log})"
    ]


def test_jobs_that_were_cancelled_while_they_waited_share_a_line(
    tmp_path: Path, slurm_bin: StandInSlurm
) -> None:
    write_chain(tmp_path, [JobId("12"), JobId("13")])
    (tmp_path / "14.log").write_text("working\n")
    slurm_bin.says(squeue="", sacct="12|CANCELLED by 0|0:0|None")
    (line,) = job_lines(tmp_path)
    assert line == "Slurm jobs 12, 13: cancelled before the start"
    write_chain(tmp_path, [JobId("14")])
    (line,) = job_lines(tmp_path)
    assert line.startswith("Slurm job 14: cancelled: working (log: ")


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("12|COMPLETED|0:0|None", "completed"),
        ("12|CANCELLED by 0|0:0|DependencyNeverSatisfied",
         "cancelled, DependencyNeverSatisfied; it left no log"),
        ("12|FAILED|75:0|None",
         "ended, exit code 75 (stopped before the end: the same command resumes it); it left no "
         "log"),
    ],
)  # fmt: skip
def test_ends_that_are_no_failures_say_so(
    tmp_path: Path, slurm_bin: StandInSlurm, row: str, line: str
) -> None:
    write_chain(tmp_path, [JobId("12")])
    slurm_bin.says(squeue="", sacct=row)
    assert list(job_lines(tmp_path)) == [f"Slurm job 12: {line}"]


def test_a_job_that_will_never_start_says_what_to_change(
    tmp_path: Path, slurm_bin: StandInSlurm
) -> None:
    write_chain(tmp_path, [JobId("12")])
    slurm_bin.says(squeue="12|PENDING|0:00|N/A|(PartitionTimeLimit)")
    assert list(job_lines(tmp_path)) == [
        "Slurm job 12: pending (PartitionTimeLimit): longer than its partition allows; "
        "lower cluster.slurm.time_limit_hours"
    ]


@pytest.mark.slow
def test_a_heterogeneous_job_is_cancelled_by_the_id_that_stands_for_all_parts(
    workplace: Path, slurm_bin: StandInSlurm, culture_ray: Callable[..., Said]
) -> None:
    # While it waits Slurm refuses to cancel a part alone.
    slurm_bin.says(
        squeue="12+0|PENDING|0:00|N/A|(Resources)\n12+1|PENDING|0:00|N/A|(Resources)", scancel=""
    )
    (workplace / "results/small/slurm").mkdir(parents=True)
    write_chain(workplace / "results/small/slurm", [JobId("12")])
    assert culture_ray("cancel", "run=small").out == "run small: cancelled: 12\n"
    assert slurm_bin.called("scancel") == ["scancel 12"]


@pytest.mark.slow
def test_a_run_whose_job_waits_has_a_status(
    workplace: Path, slurm_bin: StandInSlurm, culture_ray: Callable[..., Said]
) -> None:
    slurm_bin.says(squeue="12|PENDING|0:00|N/A|(Priority)")
    (workplace / "results/small/slurm").mkdir(parents=True)
    write_chain(workplace / "results/small/slurm", [JobId("12")])
    said = culture_ray("status", "run=small", "language=[]")
    assert (said.code, said.out) == (0, "Slurm job 12: pending (Priority)\n")
    slurm_bin.says(squeue="")
    said = culture_ray("status", "run=small", "language=[]", "--watch")
    assert said.out.startswith("Slurm jobs 12: ended; logs in ")
