"""Acting where a launcher of Hydra puts a composition, such as in a Slurm job of submitit's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from culture_ray.errors import CultureRayError, JobLost, SlurmRefused

Content = Mapping[str, Any]
Act = Callable[[Content, str], int | None]
"""Takes a configuration and the name of its experiment; returns an exit code, None for 0."""


def launched(hydra_config: Any) -> bool:
    """Return whether a launcher of a plugin carries this composition, in a process of its own."""
    from hydra.types import RunMode

    target = str(hydra_config.launcher._target_)
    return hydra_config.mode == RunMode.MULTIRUN and not target.startswith("hydra._internal.")


def act_as_job(act: Act, content: Content, experiment: str) -> None:
    """Act within a launcher's job; raises a plain error for what the launcher hands back."""
    try:
        code = act(content, experiment) or 0
        why = f"its exit code is {code}; its words are in the launcher's log of the job"
    except CultureRayError as error:
        code, why = error.exit_code, str(error)
    if code:
        # Errors with arguments of their own do not travel between processes.
        problem = CultureRayError(f"run '{content.get('run')}': {why}")
        problem.exit_code = code
        raise problem


def problem_of_launcher(error: Exception) -> CultureRayError | None:
    """Return what an error of submitit's means, in one line; None for any other error.

    It is known by where its class comes from, as submitit need not be installed.
    """
    if type(error).__module__.partition(".")[0] != "submitit":
        return None
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if line.startswith("sbatch:")]
    if told:
        return SlurmRefused(f"Slurm refused (sbatch): {told[-1].removeprefix('sbatch: error: ')}")
    return JobLost(f"{' '.join(lines[:2])}; the same command goes on")
