"""R's survey package, which tests compare the project's estimates with."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def by_r(script: str, *arguments: str) -> list[list[str]]:
    """Return the words of each line that a script beside this file prints; skips without R."""
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed (Debian: apt install r-cran-survey)")
    known = subprocess.run(
        ["Rscript", "-e", 'quit(status = !requireNamespace("survey", quietly = TRUE))'], check=False
    )
    if known.returncode:
        pytest.skip("R's survey package is not installed (Debian: apt install r-cran-survey)")
    command = ["Rscript", "--vanilla", str(Path(__file__).with_name(script)), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [line.split() for line in done.stdout.splitlines()]
