"""A job that ends in the middle, for any reason, leaves rows = requests and no process."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.slurm.conftest import Site

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_chain_finishes_a_sweep_that_is_longer_than_its_time_limit(site: Site) -> None:
    words = site.words(
        "chain", "cluster.max_replicas=1", "cluster.slurm.time_limit_hours=0.034",
        "cluster.slurm.drain_s=30", "cluster.grace_s=10", "cluster.start_s=1", pauses=True,
    )  # fmt: skip
    for model in ("model.gemma_3_270m", "judge.gemma_3_270m.model"):
        words.append(f"{model}.tokens_per_s=50")  # so slow that the plan needs several jobs
    jobs = site.submit(*words)
    assert len(jobs) > 2
    site.wait_for(lambda: site.shards("chain") >= 2, "shards")
    # Its end is near now, rather than a minute later.
    assert site.bed.run("scontrol", "update", f"JobId={jobs[0]}", "TimeLimit=1").returncode == 0
    site.wait_for(lambda: bool(site.ended(jobs[0])), "end of the first job")
    site.go_on("chain")
    site.wait_for(lambda: all(site.ended(job) for job in jobs), "end of the chain", 700)
    site.check_complete("chain")
    ends = [site.ended(job) for job in jobs]
    assert ends[0] != "COMPLETED", "the first job was not cut short"
    assert "stopped by SIGTERM" in site.log(jobs[0])
    done = ends.index("COMPLETED")
    assert all(end == "CANCELLED" for end in ends[done + 1 :])
    site.check_nothing_left(*jobs)


def test_a_killed_raylet_costs_only_what_it_had_in_flight(site: Site) -> None:
    [job] = site.submit(*site.words("raylet", "cluster.slurm.nodes=2", pauses=True))
    site.wait_for(lambda: site.shards("raylet") >= 2, "shards")
    os.kill(_raylet(job, "worker"), signal.SIGKILL)
    site.go_on("raylet")
    assert site.wait(job, "COMPLETED", "FAILED", "TIMEOUT", seconds=300) == "COMPLETED", site.log(
        job
    )
    site.check_complete("raylet")
    site.check_nothing_left(job)


def test_a_killed_head_is_told_and_the_next_job_of_its_chain_goes_on(site: Site) -> None:
    words = site.words("head", "cluster.slurm.time_limit_hours=0.1", pauses=True)
    for model in ("model.gemma_3_270m", "judge.gemma_3_270m.model"):
        words.append(f"{model}.tokens_per_s=10")  # so slow that the plan needs several jobs
    jobs = site.submit(*words)
    assert len(jobs) > 1
    site.wait_for(lambda: site.shards("head") >= 2, "shards")
    os.kill(_raylet(jobs[0], "head"), signal.SIGKILL)
    site.go_on("head")
    assert site.wait(jobs[0], "COMPLETED", "FAILED", "TIMEOUT") == "FAILED"
    # Whole: what Ray prints when it ends is longer than the part that `site.log` shows.
    (file,) = site.results.glob(f"head/slurm/{jobs[0]}.log")
    log = file.read_text()
    assert "culture-ray: Ray's head at " in log
    assert "sweep.sbatch: Ray's head ended while the sweep ran; see " in log
    assert "sweep.sbatch: exit code 75" in log
    assert site.wait(jobs[1], "COMPLETED", "FAILED", "TIMEOUT") == "COMPLETED", site.log(jobs[1])
    site.check_complete("head")
    site.check_nothing_left(*jobs)


def test_a_node_without_power_costs_only_what_it_had_in_flight(site: Site) -> None:
    [job] = site.submit(
        *site.words("power", "cluster.slurm.nodes=2", "cluster.hang_after_s=20", pauses=True)
    )
    site.wait_for(lambda: site.shards("power") >= 2, "shards")
    site.bed.node_kill(2)  # the driver is on the first node of a job
    site.go_on("power")
    try:
        site.wait(job, "COMPLETED", "FAILED", "PENDING", "NODE_FAIL", seconds=200)
    finally:
        site.bed.node_up(2)
    # Slurm ends the job with NODE_FAIL and starts it again; unless it was done before.
    state = site.wait(job, "COMPLETED", "FAILED", "CANCELLED", seconds=400)
    assert state == "COMPLETED", site.log(job)
    site.check_complete("power")
    site.check_nothing_left(job)


def _raylet(job: str, role: str) -> int:
    """Return the pid of the raylet of a worker node of a job."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if b"/raylet/raylet" in words and f"SLURM_JOB_ID={job}\0".encode() in environment:
            head = b"--head" in words
            if head == (role == "head"):
                return int(folder.name)
    raise AssertionError(f"no raylet of a {role} of job {job}")
