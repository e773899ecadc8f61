"""Slurm's jobs of a run: their ids, in a file of the run directory, and their states in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from culture_ray.errors import NoSlurm, SlurmRefused
from culture_ray.submission import client
from culture_ray.submission.chain import read_chain


def job_is_there(folder: Path) -> bool:
    """Return True if a job of the run waits or runs; raises NoSlurm, SlurmRefused."""
    return bool(client.states(read_chain(folder)))


def job_lines(folder: Path) -> Iterator[str]:
    """Yield a line per job of a run that waits or runs; none for a run that was not submitted."""
    jobs = read_chain(folder)
    if not jobs:
        return
    try:
        there = client.states(jobs)
    except (NoSlurm, SlurmRefused) as error:  # a run can be looked at from any machine
        yield f"Slurm jobs {', '.join(jobs)}: their state is not known here ({error})"
        return
    for job in there:
        yield f"Slurm job {job.part}: {job.state.lower()} for {job.elapsed}, {job.where}"
    if not there:
        yield f"Slurm jobs {', '.join(jobs)}: ended; logs in {folder}"
