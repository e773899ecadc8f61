"""Chain of a run's jobs: their ids in a file of the run directory, one per line."""

from __future__ import annotations

from pathlib import Path

from culture_ray.store.atomic import replace_text
from culture_ray.submission.script import CHAIN


def read_chain(folder: Path) -> list[str]:
    """Return the ids of the jobs last submitted for a run, in order; empty if there are none."""
    path = folder / CHAIN
    return path.read_text(encoding="utf-8").split() if path.exists() else []


def write_chain(folder: Path, jobs: list[str]) -> None:
    """Write the ids of a run's jobs; raises DiskProblem."""
    replace_text(folder / CHAIN, "".join(f"{job}\n" for job in jobs))
