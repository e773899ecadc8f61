"""A plan says which Slurm jobs `submit` would request, and how many of their GPU-hours are used."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.stages.context import RunContext
from culture_ray.submission.requested import RequestedJobs, requested_jobs
from tests.small import small_settings


@pytest.mark.slow
def test_the_gpu_hours_of_a_plan_are_said_beside_those_of_its_jobs(tmp_path: Path) -> None:
    settings = small_settings(
        tmp_path, "model=[gemma_2_2b]", "judge=[gpt_4_1]", "cluster=slurm",
        "+judge.gpt_4_1.model.limits={requests_per_minute: 1}",
    )  # fmt: skip
    plan = RunContext(settings).plan
    found = requested_jobs(settings, plan)
    pattern = (
        r"submit would request up to (\d\.\d\d) GPU hours, of which (0\.\d\d) are used: "
        r"1 node x \d GPU, .* hours for the models on GPUs, "
        r"then 1 node, 4 cores, .* (\d):(\d\d) hours for the models without GPUs"
    )
    (sentence,) = found.sentences
    said = re.fullmatch(pattern, sentence)
    assert said is not None, sentence
    # 48 requests at one a minute, half as much again, and a quarter of an hour to start.
    assert (int(said[3]), int(said[4])) == (1, 30)
    assert found.figures["gpu_hours_requested"] == pytest.approx(float(said[1]))
    assert [job["models"] for job in found.figures["jobs"]] == ["gpus", "no_gpus"]
    # One job for both holds the GPUs while the API judges.
    slurm = replace(settings.cluster.slurm, separate_jobs=False)
    whole = replace(settings, cluster=replace(settings.cluster, slurm=slurm))
    (job,) = requested_jobs(whole, plan).figures["jobs"]
    assert job["gpu_hours"] > 2 * found.figures["gpu_hours_requested"]
    without = replace(settings, cluster=replace(settings.cluster, slurm=None))
    assert requested_jobs(without, plan) == RequestedJobs()
