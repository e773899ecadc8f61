"""Packages of a lock as wheels, for machines that reach no package index."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import culture_ray
from culture_ray.errors import UnknownName, UserError

DEFAULT_LOCK = "gpu-cuda13"

_COMES = re.compile(
    r"(?:Collecting|Processing) (?:\S*/)?([\w.-]+?)(?:-\d|[=<>~!; ]).*\(from -r ", re.IGNORECASE
)
"""Line of pip for a package of a lock, from an index or from a folder."""


def find_lock(name: str) -> Path:
    """Return the path of a lock: one of the project's, by its name, or any file.

    Raises UnknownName if it is neither.
    """
    if Path(name).is_file():
        return Path(name)
    locks = {path.stem: path for path in _requirements().glob("*.lock")}
    if name not in locks:
        raise UnknownName("lock", name, locks)
    return locks[name]


def project() -> Path | None:
    """Return the folder of the clone that this package is in, None if it is installed."""
    root = Path(culture_ray.__file__).parents[1]
    return root if (root / "pyproject.toml").is_file() else None


def save_wheels(
    lock: Path, folder: Path, source: Path | None, told: Callable[[str], None] = lambda name: None
) -> int:
    """Save a wheel of every package of a lock, and one of `source`, in `folder`; return how many.

    What is published as source only is built here, since a machine without an index lacks what
    building needs. Packages are those for this machine's Python and processor. `told` is called
    with each package of the lock as pip comes to it. Raises UserError, with pip's last line, if one
    of them cannot be had.
    """
    if importlib.util.find_spec("pip") is None:
        raise UserError("pip is not installed in this environment: run python -m ensurepip")
    command = [
        sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-color", "--progress-bar=off",
        "--wheel-dir", str(folder), "--requirement", str(lock),
        *([] if source is None else [str(source)]),
    ]  # fmt: skip
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints:
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=complaints, text=True, errors="replace"
        ) as pip:
            for line in pip.stdout or ():
                if match := _COMES.match(line):
                    told(match[1])
        complaints.seek(0)
        reason = (complaints.read().strip() or "no output").splitlines()[-1]
    if pip.returncode:
        raise UserError(f"the packages of {lock} cannot be saved in {folder}: {reason}")
    return len(list(folder.glob("*.whl")))


def _requirements() -> Path:
    package = Path(culture_ray.__file__).parent
    installed = package / "_requirements"
    return installed if installed.is_dir() else package.parent / "requirements"
