"""Slurm's own commands, each with a time limit, and their words when they refuse."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from culture_ray.errors import NoSlurm, SlurmRefused

_SECONDS = 60
"""Against a controller that is down, Slurm's commands try again for many minutes."""


@dataclass(frozen=True)
class JobState:
    """State of a job in Slurm's queue."""

    part: str
    """Its id; the parts of a heterogeneous job have one each, 12+0 and 12+1."""
    state: str
    """In Slurm's words: PENDING, RUNNING, COMPLETING, ..."""
    elapsed: str
    where: str
    """Its nodes, or why it waits."""

    @property
    def job(self) -> str:
        """Return the id that `submit` returned, which stands for all parts."""
        return self.part.partition("+")[0]


def submit(script: Path, after: str | None = None) -> str:
    """Submit a batch script and return the job's id.

    With `after`, the job starts once that job ended without success; Slurm drops it when that job
    succeeds. Raises NoSlurm, SlurmRefused.
    """
    words = ["sbatch", "--parsable", f"--chdir={Path.cwd()}"]
    if after is not None:
        words += [f"--dependency=afternotok:{after}", "--kill-on-invalid-dep=yes"]
    said = _run([*words, str(script)])
    return said.strip().split(";")[0]


def states(jobs: Sequence[str]) -> list[JobState]:
    """Return the state of each part of those jobs that wait or run; raises NoSlurm, SlurmRefused.

    A part of a heterogeneous job ends with the others, so each has its line until all have ended.
    """
    if not jobs:
        return []
    found = _run(["squeue", "--noheader", "--me", "--format=%i|%T|%M|%R"])
    rows = [JobState(*line.strip().split("|", 3)) for line in found.splitlines() if line.strip()]
    return [row for row in rows if row.job in jobs]


def cancel(jobs: Sequence[str]) -> None:
    """Cancel jobs; those that ended already are no error. Raises NoSlurm, SlurmRefused."""
    if jobs:
        _run(["scancel", *jobs])


def _run(words: list[str]) -> str:
    if shutil.which(words[0]) is None:
        raise NoSlurm(
            f"{words[0]} is not on this machine: run this on a login node of the cluster, or add "
            f"--dry-run to see the script"
        )
    try:
        ended = subprocess.run(words, check=False, capture_output=True, text=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise NoSlurm(
            f"{words[0]} got no answer from Slurm's controller within {_SECONDS} s: try again later"
        ) from error
    if ended.returncode:
        said = " ".join((ended.stderr or ended.stdout).split()) or f"exit code {ended.returncode}"
        raise SlurmRefused(f"Slurm refused ({words[0]}): {said}")
    return ended.stdout
