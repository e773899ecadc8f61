"""Command that a user repeats to resume a run: the one that submitted it, where Slurm runs it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

COMMAND = "CULTURE_RAY_COMMAND"
"""Variable of a job with the command that submitted it."""

SCRIPT = "sweep.sbatch"
"""Name of a job's batch script, which sets that variable."""

_ADDRESS = "cluster.address="


def command_of_sweep(words: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """Return the command that repeats `culture-ray sweep` with these words.

    Within a Slurm job it is the command that submitted the job, since Ray's address ends with it.
    """
    if "SLURM_JOB_ID" in environment:
        if submitted := environment.get(COMMAND):
            return submitted
        if any(word.startswith(_ADDRESS) for word in words):  # submitted by hand
            kept = [word for word in words if not word.startswith(_ADDRESS)]
            script = Path(environment.get("CULTURE_RAY_SLURM", "slurm")) / "sweep.sbatch"
            return shlex.join(["sbatch", str(script), *kept])
    return shlex.join(["culture-ray", "sweep", *words])


def submitted_command(script: Path) -> str | None:
    """Return the command that wrote a batch script; None if there is no script, or an old one."""
    if not script.exists():
        return None
    match = re.search(rf"^export {COMMAND}=(.*)$", script.read_text(encoding="utf-8"), re.MULTILINE)
    return shlex.split(match[1])[0] if match else None
