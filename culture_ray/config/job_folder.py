"""Folder of a launcher's job on its node's disk; everything temporary goes there and is removed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path

from culture_ray.submission.script import slurm_folder

_LONGEST = 16
"""Characters of a folder in which there is room for Ray's sockets."""


@contextmanager
def job_folder(environment: MutableMapping[str, str]) -> Iterator[Path]:
    """Point temporary files and caches of this process and its children at a new folder.

    The variables are those of slurm/job_folder.variables, as in a batch script. Weights and the
    embedded model stay where they were. At the end the folder is removed and variables restored.
    """
    base = environment.get("SLURM_TMPDIR", "/tmp")
    if len(base) > _LONGEST or not os.access(base, os.W_OK | os.X_OK):
        base = "/tmp"
    folder = Path(tempfile.mkdtemp(prefix="job-", dir=base))
    temporary = tempfile.tempdir
    home = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    new = {
        "HF_HOME": environment.get("HF_HOME", f"{home}/huggingface"),
        "CULTURE_RAY_CACHE": environment.get("CULTURE_RAY_CACHE", home),
    }
    for name, part in _variables():
        (folder / part).mkdir(exist_ok=True)
        new[name] = str(folder / part)
    before = {name: environment.get(name) for name in new}
    environment.update(new)
    tempfile.tempdir = None  # it is read from TMPDIR once
    try:
        yield folder
    finally:
        for name, value in before.items():
            if value is None:
                environment.pop(name, None)
            else:
                environment[name] = value
        tempfile.tempdir = temporary
        shutil.rmtree(folder, ignore_errors=True)


def _variables() -> list[tuple[str, str]]:
    lines = (slurm_folder() / "job_folder.variables").read_text("utf-8").splitlines()
    words = (line.split() for line in lines if line and not line.startswith("#"))
    return [(name, part) for name, part in words]
