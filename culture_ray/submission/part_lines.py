"""Jobs of a run in words: the resources of each part, and the GPU-hours that they request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from culture_ray.report.formatting import counted
from culture_ray.submission.chain import models_of
from culture_ray.submission.part_jobs import PartJob, gpu_hours
from culture_ray.submission.sizing import Job
from culture_ray.sweep.plan.cluster import Slurm


def part_lines(parts: Sequence[PartJob], slurm: Slurm) -> Iterator[str]:
    """Yield a line for each part, in the order in which the parts run."""
    for number, part in enumerate(parts):
        models = "" if part.chain is None else f" for the {models_of(part.part.hardware)}"
        head = part.job.head
        driver = "" if head is None else (
            f", and one node with {head.cpus} cores, {head.memory_gib:g} GiB for the driver"
        )  # fmt: skip
        yield f"{'then ' if number else ''}{_size(part.job, slurm)}{models}{driver}"


def requested_sentence(parts: Sequence[PartJob], used: float, slurm: Slurm) -> str:
    """Return a sentence on the GPU-hours that jobs request, beside those that a plan uses."""
    jobs = ", ".join(part_lines(parts, slurm))
    requested = gpu_hours(parts)
    hours = f"up to {requested:.2f} GPU hours, of which {used:.2f} are used" if requested else ""
    return f"submit would request {hours or 'no GPU'}: {jobs}"


def _size(job: Job, slurm: Slurm) -> str:
    gpus = f" x {job.gpus_per_node} {slurm.gpu_type or 'GPU'}" if job.gpus_per_node else ""
    memory = f", {job.memory_gib_per_node:g} GiB" if job.memory_gib_per_node else ""
    hours, minutes = divmod(job.minutes, 60)
    chain = f", {job.jobs} jobs in a chain" if job.jobs > 1 else ""
    return (
        f"{counted(job.nodes, 'node')}{gpus}, {job.cpus_per_node} cores{memory} each, "
        f"{hours}:{minutes:02d} hours{chain}"
    )
