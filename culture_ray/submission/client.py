"""Client of Slurm: run its commands with a time limit, and report their error messages."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from culture_ray.errors import NoSlurm, SlurmRefused

_SECONDS = 60
"""Time limit; while the controller is down, Slurm's commands retry for many minutes."""


@dataclass(frozen=True)
class JobState:
    """State of a job in Slurm's queue."""

    part: str
    """Job id; the parts of a heterogeneous job have their own, such as 12+0 and 12+1."""
    state: str
    """State as Slurm names it: PENDING, RUNNING, COMPLETING, ..."""
    elapsed: str
    where: str
    """Nodes of the job, or the reason why it is waiting."""

    @property
    def job(self) -> str:
        """Return the id that `submit` returned, which is the same for all parts."""
        return self.part.partition("+")[0]


def submit(script: Path, after: str | None = None) -> str:
    """Submit a batch script and return the job's id.

    With `after`, the job starts once the job `after` has ended without success, and Slurm drops it
    if that job succeeds. Raises NoSlurm, SlurmRefused.
    """
    words = ["sbatch", "--parsable", f"--chdir={Path.cwd()}"]
    if after is not None:
        words += [f"--dependency=afternotok:{after}", "--kill-on-invalid-dep=yes"]
    output = _run([*words, str(script)])
    return output.strip().split(";")[0]


def states(jobs: Sequence[str]) -> list[JobState]:
    """Return the state of each part of the jobs that are waiting or running.

    The parts of a heterogeneous job end together, so each is listed until all have ended. Raises
    NoSlurm, SlurmRefused.
    """
    if not jobs:
        return []
    output = _run(["squeue", "--noheader", "--me", "--format=%i|%T|%M|%R"])
    rows = [JobState(*line.strip().split("|", 3)) for line in output.splitlines() if line.strip()]
    return [row for row in rows if row.job in jobs]


def cancel(jobs: Sequence[str]) -> None:
    """Cancel jobs; jobs that have ended are ignored. Raises NoSlurm, SlurmRefused."""
    if jobs:
        _run(["scancel", *jobs])


def _run(words: list[str]) -> str:
    if shutil.which(words[0]) is None:
        raise NoSlurm(
            f"{words[0]} is not on this machine: run this on a login node of the cluster, or add "
            f"--dry-run to see the script"
        )
    try:
        completed = subprocess.run(
            words, check=False, capture_output=True, text=True, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise NoSlurm(
            f"{words[0]} got no answer from Slurm's controller within {_SECONDS} s: try again later"
        ) from error
    if completed.returncode:
        message = " ".join((completed.stderr or completed.stdout).split())
        message = message or f"exit code {completed.returncode}"
        raise SlurmRefused(f"Slurm refused ({words[0]}): {message}")
    return completed.stdout
