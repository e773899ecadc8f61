"""Jobs of the parts of a run: the size, the options and the words of each part's sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from culture_ray.submission.chain import part_chain
from culture_ray.submission.options import Options, job_options
from culture_ray.submission.parts import JobPart, job_parts
from culture_ray.submission.sizing import Job, JobLoad, size
from culture_ray.submission.submitted_command import SCRIPT
from culture_ray.sweep.plan.cluster import Cluster, Slurm


@dataclass(frozen=True)
class PartJob:
    """Chain of jobs for one part of a run."""

    part: JobPart
    job: Job
    options: list[Options]
    """Options of the job's own parts: one, or the head and the GPU nodes."""
    script: Path
    chain: Path | None
    """File of the ids of its jobs; None for a run of one part."""

    @property
    def words(self) -> list[str]:
        """Return the words that limit its sweeps to the part."""
        if self.chain is None:
            return []
        stages = [f"stages=[{','.join(self.part.stages)}]"] if self.part.stages else []
        return [f"hardware={self.part.hardware}", *stages]


def part_jobs(
    loads: Sequence[JobLoad], cluster: Cluster, slurm: Slurm, name: str, folder: Path
) -> list[PartJob]:
    """Return the jobs of a run's parts, in their order; `folder` holds scripts and logs.

    Raises JobTooSmall for a model that does not fit, WrongValue for an option that a job cannot
    have.
    """
    parts = job_parts(loads, separate=slurm.separate_jobs)
    jobs = []
    for number, part in enumerate(parts, start=1):
        job = size(part.loads, cluster, slurm)
        script = SCRIPT if number == 1 else f"sweep-{number}.sbatch"
        chain = part_chain(folder, number, part.hardware) if len(parts) > 1 else None
        options = job_options(job, slurm, name, folder)
        jobs.append(PartJob(part, job, options, folder / script, chain))
    return jobs


def gpu_hours(jobs: Sequence[PartJob]) -> float:
    """Return the GPU-hours that the jobs request, if all of them run to their ends."""
    return sum(part.job.gpu_hours for part in jobs)
