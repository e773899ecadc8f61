"""Acting where a launcher of Hydra puts a composition, such as in a Slurm job of submitit's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from culture_ray.errors import CultureRayError

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
