"""Stand-ins of Slurm's commands that print what was recorded, and note how they were called."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest


class StandInSlurm:
    """A folder of commands, first on the PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "slurm_bin"
        self.folder.mkdir()
        self.calls_file = folder / "slurm_calls"

    def says(self, **outputs: str) -> None:
        """Install commands that print these texts."""
        for name, text in outputs.items():
            self.runs(**{name: f"cat <<'END'\n{text.rstrip()}\nEND"})

    def runs(self, **bodies: str) -> None:
        """Install commands with these bodies in bash."""
        for name, body in bodies.items():
            program = self.folder / name
            note = f'echo "{name} $*" >>{self.calls_file}'
            program.write_text(f"#!/bin/bash\n{note}\n{body}\n")
            program.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        """Return the command lines, in order."""
        return self.calls_file.read_text().splitlines() if self.calls_file.exists() else []

    def called(self, name: str) -> list[str]:
        """Return the command lines of one command."""
        return [line for line in self.calls if line.split()[0] == name]


@pytest.fixture
def slurm_bin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandInSlurm:
    """No command of Slurm but stand-ins, which a test installs; all fail until then."""
    found = StandInSlurm(tmp_path)
    names = ("sbatch", "squeue", "scancel", "scontrol", "sinfo", "sacct")
    found.runs(**dict.fromkeys(names, "echo none of this here >&2; exit 1"))
    monkeypatch.setenv("PATH", f"{found.folder}:/usr/bin:/bin")
    return found


CONFIG: Mapping[str, str] = {
    cluster: f"Configuration data\nClusterName             = {cluster}\nSlurmctldPort = 6817"
    for cluster in ("alpha", "beta")
}
"""Output of `scontrol show config` on the login node of a cluster."""
