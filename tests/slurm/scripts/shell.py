"""Functions of the batch scripts, called in a bash of their own with stand-ins for programs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from culture_ray.submission.script import slurm_folder

PLAIN = {"PATH": os.environ["PATH"], "HOME": "/home/me", "CULTURE_RAY_SLURM": str(slurm_folder())}


def bash(
    text: str, variables: Mapping[str, str] | None = None, *parts: str
) -> subprocess.CompletedProcess[str]:
    """Source parts of slurm/ and run a text, with the variables and no others."""
    lines = ["set -u", *(f'. "$CULTURE_RAY_SLURM/{part}"' for part in parts), text]
    return subprocess.run(
        ["bash", "-c", "\n".join(lines)],
        check=False, capture_output=True, text=True, timeout=60,
        env=PLAIN | dict(variables or {}),
    )  # fmt: skip


def program(folder: Path, name: str, text: str) -> None:
    """Write a stand-in program."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)
