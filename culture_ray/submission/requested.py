"""The Slurm jobs that `submit` would request for a plan: in words, and as figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from culture_ray.errors import JobTooSmall, WrongValue
from culture_ray.plan.plan import RunPlan
from culture_ray.settings.run import Settings
from culture_ray.submission.loads import loads_of
from culture_ray.submission.part_jobs import PartJob, gpu_hours, part_jobs
from culture_ray.submission.part_lines import requested_sentence
from culture_ray.submission.parts import of_hardware


@dataclass(frozen=True)
class RequestedJobs:
    """Jobs of a whole run; empty for a cluster without Slurm."""

    sentences: tuple[str, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    """The same for JSON; empty where no job can be had."""


def requested_jobs(settings: Settings, plan: RunPlan) -> RequestedJobs:
    """Return the jobs of a plan, with their GPU-hours beside those that it uses."""
    cluster, slurm = settings.cluster, settings.cluster.slurm
    if slurm is None:
        return RequestedJobs()
    loads = loads_of(plan.rows, settings.models, settings.judges)
    folder = settings.run.folder / "slurm"
    own = of_hardware(loads, settings.hardware)
    try:
        parts = part_jobs(own, cluster, slurm, settings.run.name, folder)
    except (JobTooSmall, WrongValue) as problem:
        return RequestedJobs((f"submit would refuse: {problem}",))
    used = sum(row.gpu_hours or 0.0 for row in plan.rows)
    figures = {"gpu_hours_requested": gpu_hours(parts), "jobs": [_figures(one) for one in parts]}
    return RequestedJobs((requested_sentence(parts, used, slurm),), figures)


def _figures(part: PartJob) -> dict[str, Any]:
    return {
        "models": part.part.hardware,
        "nodes": part.job.nodes,
        "gpus_per_node": part.job.gpus_per_node,
        "minutes": part.job.minutes,
        "jobs": part.job.jobs,
        "gpu_hours": part.job.gpu_hours,
    }
