"""Chain of a run's jobs: their ids in a file of the run directory, one per line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from culture_ray.store.atomic import replace_text
from culture_ray.submission.job_id import JobId
from culture_ray.submission.script import CHAIN


def read_chain(folder: Path) -> list[JobId]:
    """Return the ids of the jobs last submitted for a run, in order; empty if there are none.

    A line is 12;cluster, or 12 in a run of an earlier version.
    """
    path = folder / CHAIN
    words = path.read_text(encoding="utf-8").split() if path.exists() else []
    parts = [word.partition(";") for word in words]
    return [JobId(number, cluster or None) for number, _, cluster in parts]


def write_chain(folder: Path, jobs: Sequence[JobId]) -> None:
    """Write the ids of a run's jobs; raises DiskProblem."""
    replace_text(folder / CHAIN, "".join(f"{job}\n" for job in jobs))
