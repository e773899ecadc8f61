"""GPUs are requested with the option that a cluster takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.submission.options import gpu_request
from culture_ray.submission.script import batch_script
from culture_ray.submission.sizing import Job
from culture_ray.sweep.plan.cluster import GpuOption, Slurm

JOB = Job(nodes=2, gpus_per_node=4, cpus_per_node=8, memory_gib_per_node=None, minutes=60, jobs=1)


@pytest.mark.parametrize(
    ("option", "any_type", "h100"),
    [
        ("gpus-per-node", {"gpus-per-node": "4"}, {"gpus-per-node": "h100:4"}),
        ("gres", {"gres": "gpu:4"}, {"gres": "gpu:h100:4"}),
        ("gpus", {"gpus": "8"}, {"gpus": "h100:8"}),
    ],
)
def test_each_option_says_type_and_number_in_its_own_way(
    option: GpuOption, any_type: dict[str, str], h100: dict[str, str]
) -> None:
    assert gpu_request(JOB, Slurm(gpu_option=option)) == any_type
    assert gpu_request(JOB, Slurm(gpu_option=option, gpu_type="h100")) == h100


def test_a_cluster_that_knows_no_gpus_is_asked_for_none_and_the_job_counts_them() -> None:
    slurm = Slurm(gpu_option="none")

    def script(job: Job) -> str:
        return batch_script(job, slurm, "a", Path("/r/a/slurm"), [])

    assert gpu_request(JOB, slurm) == {}
    assert "export CULTURE_RAY_GPUS=count\n" in script(JOB)
    assert "CULTURE_RAY_GPUS=count" not in script(replace(JOB, gpus_per_node=0))


def test_the_network_between_nodes_reaches_the_job() -> None:
    script = batch_script(JOB, Slurm(address="10.2.0.0/16"), "a", Path("/r/a/slurm"), [])
    assert "export CULTURE_RAY_ADDRESS=10.2.0.0/16\n" in script
