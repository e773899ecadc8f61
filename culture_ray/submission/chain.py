"""Chain of a run's jobs: their ids in a file of the run directory, one per line.

A run in several parts has such a file for each of them, too, which names the models that it asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from culture_ray.settings.hardware import Hardware
from culture_ray.store.atomic import replace_text
from culture_ray.submission.slurm.job_id import JobId

CHAIN = "chain"

_MODELS: Mapping[Hardware, str] = {
    "gpus": "models on GPUs",
    "no_gpus": "models without GPUs",
}


def part_chain(folder: Path, number: int, hardware: Hardware) -> Path:
    """Return the path of the ids of one part's jobs; `number` counts the parts from 1."""
    return folder / f"{CHAIN}-{number}-{hardware}"


def models_of(hardware: Hardware) -> str:
    """Return the models that a part asks, in words."""
    return _MODELS[hardware]


def read_chain(folder: Path) -> list[JobId]:
    """Return the ids of the jobs last submitted for a run, in order; empty if there are none.

    A line is 12;cluster, or 12 in a run of an earlier version.
    """
    return _read(folder / CHAIN)


def read_parts(folder: Path) -> dict[JobId, str]:
    """Return the models that the jobs of a run in several parts ask, by job."""
    return {
        job: models
        for hardware, models in _MODELS.items()
        for path in sorted(folder.glob(f"{CHAIN}-*-{hardware}"))
        for job in _read(path)
    }


def write_chain(folder: Path, jobs: Sequence[JobId]) -> None:
    """Write the ids of a run's jobs; raises DiskProblem."""
    write_part(folder / CHAIN, jobs)


def write_part(path: Path, jobs: Sequence[JobId]) -> None:
    """Write the ids of the jobs of one part; raises DiskProblem."""
    replace_text(path, "".join(f"{job}\n" for job in jobs))


def _read(path: Path) -> list[JobId]:
    words = path.read_text(encoding="utf-8").split() if path.exists() else []
    parts = [word.partition(";") for word in words]
    return [JobId(number, cluster or None) for number, _, cluster in parts]
