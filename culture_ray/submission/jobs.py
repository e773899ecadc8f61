"""Slurm jobs of a run: their states, as lines for the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from culture_ray.errors import NoSlurm, SlurmRefused
from culture_ray.submission import client
from culture_ray.submission.chain import read_chain


def job_is_there(folder: Path) -> bool:
    """Return True if a job of the run is waiting or running; raises NoSlurm, SlurmRefused."""
    return bool(client.states(read_chain(folder)))


def job_lines(folder: Path) -> Iterator[str]:
    """Yield a line per waiting or running job of a run; none for a run that was not submitted."""
    jobs = read_chain(folder)
    if not jobs:
        return
    try:
        states = client.states(jobs)
    except (NoSlurm, SlurmRefused) as error:  # the run may be viewed on a machine without Slurm
        yield f"Slurm jobs {', '.join(jobs)}: their state is not known here ({error})"
        return
    for job in states:
        yield f"Slurm job {job.part}: {job.state.lower()} for {job.elapsed}, {job.where}"
    if not states:
        yield f"Slurm jobs {', '.join(jobs)}: ended; logs in {folder}"
