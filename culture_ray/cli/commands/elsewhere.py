"""Runs that were submitted from another folder, for `status` and `cancel`."""

from __future__ import annotations

from typing import Any

from culture_ray.errors import NoSuchRun
from culture_ray.run.made_with import made_with
from culture_ray.store.run_directory import RunDirectory
from culture_ray.submission.slurm.client import results_of


def made_with_or_elsewhere(run: RunDirectory) -> dict[str, Any]:
    """Return the configuration that a run was made with.

    Raises NoSuchRun, which names the results folder of the run's jobs if Slurm knows some, and
    RunMismatch.
    """
    try:
        return made_with(run)
    except NoSuchRun as error:
        places = results_of(run.name)
        if not places:
            raise
        raise NoSuchRun(
            f"{error}, but jobs of a run of that name work in {places[0]}: add results={places[0]}"
        ) from None
