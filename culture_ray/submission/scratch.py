"""Length of the scratch folder of nodes, where Ray puts Unix sockets."""

from __future__ import annotations

import re
from collections.abc import Mapping

from culture_ray.errors import WrongValue

LONGEST = 28
"""Characters of the folder that are left of the 107 of a socket's path: 64 are Ray's
(/session_DATE_TIME_PID/sockets/plasma_store), 15 name a job's folder (/ray-12345678-d)."""

_JOB_ID = "12345678"


def check_scratch(scratch: str | None, environment: Mapping[str, str]) -> None:
    """Raise WrongValue if a scratch folder is too long for Ray's sockets.

    Variables get their values from `environment`; a path with others is left to the job to check.
    """
    if scratch is None:
        return
    known = {**environment, "SLURM_JOB_ID": _JOB_ID, "SLURM_JOBID": _JOB_ID}

    def value(match: re.Match[str]) -> str:
        return known.get(match[1] or match[2], match[0])

    path = re.sub(r"\$(?:\{(\w+)\}|(\w+))", value, scratch)
    if "$" not in path and len(path.rstrip("/")) > LONGEST:
        raise WrongValue(
            "cluster.slurm.scratch",
            scratch,
            f"a path of at most {LONGEST} characters on the nodes, and it has "
            f"{len(path.rstrip('/'))}: Ray puts Unix sockets there; /tmp is short enough",
        )
