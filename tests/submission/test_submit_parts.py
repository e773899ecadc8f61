"""A chain is submitted as a whole or not at all, and no job of it is lost from sight."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from culture_ray.errors import SlurmRefused
from culture_ray.submission.chain import read_chain, read_parts
from culture_ray.submission.part_jobs import PartJob, part_jobs
from culture_ray.submission.parts import JobPart
from culture_ray.submission.sizing import Job, JobLoad
from culture_ray.submission.slurm.job_id import JobId
from culture_ray.submission.submit_parts import slurms_view, submit_parts
from culture_ray.sweep.plan.cluster import Cluster, Slurm
from tests.submission.standin_slurm import CONFIG, StandInSlurm

COUNTING = 'n=$(($(cat {file} 2>/dev/null || echo 4) + 1)); echo $n >{file}; echo "$n;beta"'
PARTS = [{"job-name": "culture-ray-x", "time": "90", "clusters": "alpha,beta"}]


GPU = JobLoad("gemma", 1, 1, 0.0, 1.0)
JUDGE = JobLoad("gpt", 0, 1, 0.0, 30.0, load_hours=0.0, stage="judge", pool="gpt")


def submitted(folder: Path, jobs: int, **env: str) -> list[JobId]:
    """Submit one part, as a chain of so many jobs."""
    job = Job(1, 0, 1, None, 90, jobs)
    part = PartJob(JobPart("all", ()), job, PARTS, folder / "sweep.sbatch", None)
    return submit_parts([part], folder, {**os.environ, **env}, "the file")


def test_every_job_has_a_name_of_its_own_and_is_written_down(
    slurm_bin: StandInSlurm, tmp_path: Path
) -> None:
    slurm_bin.runs(sbatch=COUNTING.format(file=tmp_path / "n"))
    slurm_bin.says(scontrol=CONFIG["alpha"])
    jobs = submitted(tmp_path, 3)
    assert jobs == [JobId(number, "beta") for number in "567"] == read_chain(tmp_path)
    names = [word for call in slurm_bin.calls for word in call.split() if "--job-name" in word]
    assert len(set(names)) == 3
    assert all(name.startswith("--job-name=culture-ray-x-") for name in names)


def test_a_refusal_cancels_what_was_submitted_and_says_what_to_change(
    slurm_bin: StandInSlurm, tmp_path: Path
) -> None:
    slurm_bin.runs(
        sbatch='case $* in *dependency*) echo "sbatch: error: Invalid qos specification" >&2;'
        " exit 1;; esac; echo 5",
        scancel="",
    )
    with pytest.raises(SlurmRefused, match=r"Invalid qos specification: set cluster\.slurm\.qos$"):
        submitted(tmp_path, 2)
    assert slurm_bin.called("scancel") == ["scancel 5"]
    slurm_bin.runs(scancel="exit 1")
    with pytest.raises(SlurmRefused, match="5 could not be cancelled"):
        submitted(tmp_path, 2)
    assert read_chain(tmp_path) == [JobId("5")]


def test_the_jobs_of_a_part_wait_for_all_of_the_part_before(
    slurm_bin: StandInSlurm, tmp_path: Path
) -> None:
    """GPU models answer in one job; a chain of two without GPUs judges by an API afterwards."""
    slurm_bin.runs(sbatch=COUNTING.format(file=tmp_path / "n"))
    slurm_bin.says(scontrol=CONFIG["alpha"])
    cluster = Cluster(nodes=1, gpus_per_node=4)
    parts = part_jobs([GPU, JUDGE], cluster, Slurm(), "x", tmp_path)
    assert [(part.job.gpus_per_node, part.job.jobs) for part in parts] == [(4, 1), (0, 2)]
    jobs = submit_parts(parts, tmp_path, os.environ, "the file")
    assert jobs == read_chain(tmp_path)
    assert list(read_parts(tmp_path).values()) == ["models on GPUs", *["models without GPUs"] * 2]
    calls = slurm_bin.called("sbatch")
    assert [word for call in calls for word in call.split() if "--dependency" in word] == [
        "--dependency=afterany:5",
        "--dependency=afternotok:6",
    ]
    assert [call.split("/")[-1] for call in calls] == ["sweep.sbatch", *["sweep-2.sbatch"] * 2]
    assert [part.words for part in parts] == [
        ["hardware=gpus", "stages=[elicit]"],
        ["hardware=no_gpus"],
    ]


def test_variables_do_not_change_what_the_script_says(
    slurm_bin: StandInSlurm, tmp_path: Path
) -> None:
    slurm_bin.runs(sbatch=f"env >{tmp_path}/env; echo 5")
    submitted(tmp_path, 1, SBATCH_TIMELIMIT="1", SBATCH_ACCOUNT="lab")
    passed = (tmp_path / "env").read_text()
    assert "SBATCH_ACCOUNT=lab" in passed
    assert "SBATCH_TIMELIMIT" not in passed


def test_slurms_view_is_asked_without_submitting(slurm_bin: StandInSlurm) -> None:
    slurm_bin.runs(sbatch='cat >/dev/null; echo "sbatch: Job 5 to start at noon" >&2')
    assert slurms_view("#!/bin/bash\n", PARTS, os.environ) == ("Job 5 to start at noon")
    assert slurm_bin.calls == ["sbatch --test-only"]
