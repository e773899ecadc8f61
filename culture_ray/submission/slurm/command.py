"""Commands of Slurm: run with a time limit, and refused in Slurm's own words."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from culture_ray.errors import NoSlurm, SlurmRefused

_SECONDS = 60
"""Time limit; while the controller is down, Slurm's commands retry for many minutes."""


def run_slurm(words: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Return the standard output of a command. Raises NoSlurm, SlurmRefused."""
    completed = completed_command(words, environment)
    if completed.returncode:
        raise SlurmRefused(f"Slurm refused ({words[0]}): {own_words(completed)}")
    return completed.stdout


def completed_command(
    words: Sequence[str], environment: Mapping[str, str] | None = None, text: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command with `text` as its input, whatever its exit code. Raises NoSlurm."""
    check_installed(words[0])
    try:
        return subprocess.run(
            words,
            check=False, capture_output=True, text=True, errors="replace", timeout=_SECONDS,
            env=environment, input=text,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise NoSlurm(
            f"{words[0]} got no answer from Slurm's controller within {_SECONDS} s: try again later"
        ) from error


def check_installed(program: str) -> None:
    """Raise NoSlurm if a command of Slurm is not on this machine."""
    if shutil.which(program) is None:
        raise NoSlurm(
            f"{program} is not on this machine: run this on a login node of the cluster, or add "
            f"--dry-run to see the script"
        )


def own_words(completed: subprocess.CompletedProcess[str]) -> str:
    """Return Slurm's message as one line, without its prefixes; else the exit code."""
    lines = (completed.stderr.strip() or completed.stdout).splitlines()
    clean = (re.sub(r"^\w+: (error: )?", "", line.strip()) for line in lines)
    message = "; ".join(dict.fromkeys(line for line in clean if line))
    return " ".join(message.split()) or f"exit code {completed.returncode}"


def local_cluster() -> str | None:
    """Return the name of the cluster that commands address here; None if it cannot be had."""
    try:
        text = run_slurm(["scontrol", "show", "config"])
    except (NoSlurm, SlurmRefused):
        return None
    match = re.search(r"^ClusterName\s*=\s*(\S+)", text, re.MULTILINE)
    return match[1] if match else None


def cluster_flag(cluster: str | None, local: str | None) -> list[str]:
    """Return the flag that addresses a cluster; none is needed for the local one.

    Slurm resolves other clusters through its accounting database, which not every site has.
    """
    return [] if cluster is None or cluster == local else [f"--clusters={cluster}"]
