"""Execution under a Hydra launcher, such as in a Slurm job that submitit starts."""

from __future__ import annotations

import atexit
import logging
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from culture_ray.config.job_folder import job_folder
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
    """Call `act` in a launcher's job; raise an error that can be sent back to the launcher.

    In a job of submitit's, the process ends with the error's exit code, so that Slurm sees that it
    failed, and what it writes to the node's disk is removed then.
    """
    codes: list[int] = []
    in_job = "SUBMITIT_FOLDER" in os.environ
    if in_job:
        atexit.register(_end_process, codes)
        own = ExitStack()
        # At exit, what was registered later comes first, such as multiprocessing's removal of its
        # own folder of temporary files, which is in the job's.
        atexit.register(own.close)
        own.enter_context(job_folder(os.environ))
    try:
        code = act(content, experiment) or 0
        logs = f"in {Path(os.environ['SUBMITIT_FOLDER']).parent}" if in_job else "of the launcher"
        why = f"exit code {code}; see the job's log {logs}"
    except CultureRayError as error:
        code, why = error.exit_code, str(error)
    except BaseException:
        codes.append(1)
        raise
    if code:
        codes.append(code)
        # Errors whose constructors take other arguments cannot be unpickled.
        problem = CultureRayError(f"run '{content.get('run')}': {why}")
        problem.exit_code = code
        raise problem


def _end_process(codes: list[int]) -> None:
    """End this process with an exit code, if it has one; submitit itself ends it with 0.

    It is called at exit, after the result is written and everything that was imported later is
    cleaned up.
    """
    if codes:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(codes[0])


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
