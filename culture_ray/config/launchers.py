"""Execution under a Hydra launcher, such as in a Slurm job that submitit starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from culture_ray.errors import CultureRayError, JobLost, SlurmRefused

Content = Mapping[str, Any]
Act = Callable[[Content, str], int | None]
"""Function of a configuration and the name of its experiment; returns an exit code, None for 0."""


def is_launched(hydra_config: Any) -> bool:
    """Return True if a launcher plugin runs this composition in a process of its own."""
    from hydra.types import RunMode

    target = str(hydra_config.launcher._target_)
    return hydra_config.mode == RunMode.MULTIRUN and not target.startswith("hydra._internal.")


def run_as_job(act: Act, content: Content, experiment: str) -> None:
    """Call `act` in a launcher's job; raise an error that can be sent back to the launcher."""
    try:
        code = act(content, experiment) or 0
        why = f"exit code {code}; see the launcher's log of the job"
    except CultureRayError as error:
        code, why = error.exit_code, str(error)
    if code:
        # Errors whose constructors take other arguments cannot be unpickled.
        problem = CultureRayError(f"run '{content.get('run')}': {why}")
        problem.exit_code = code
        raise problem


def problem_of_launcher(error: Exception) -> CultureRayError | None:
    """Return a one-line error for an error of submitit, None for any other error.

    The module of its class identifies it, because submitit need not be installed.
    """
    if type(error).__module__.partition(".")[0] != "submitit":
        return None
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    refusals = [line for line in lines if line.startswith("sbatch:")]
    if refusals:
        reason = refusals[-1].removeprefix("sbatch: error: ")
        return SlurmRefused(f"Slurm refused (sbatch): {reason}")
    return JobLost(f"{' '.join(lines[:2])}; run the same command again to resume")
