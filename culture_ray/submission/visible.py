"""Whether a folder can be one that compute nodes see too, as far as this machine can tell."""

from __future__ import annotations

import os
from pathlib import Path

from culture_ray.errors import DiskProblem

_IN_MEMORY = frozenset({"tmpfs", "ramfs", "devtmpfs"})


def check_visible(folder: Path, mounts: str | None = None) -> None:
    """Raise DiskProblem when `folder` lies in this machine's memory, where no other node sees it.

    A job on a node that does not see it for another reason says so in its log. `mounts` is the text
    of the table of mounts, this machine's by default.
    """
    table = mounts if mounts is not None else Path("/proc/self/mounts").read_text(encoding="utf-8")
    kinds = {}
    for line in table.splitlines():
        _, place, kind, *_ = line.split()
        kinds[place] = kind
    place = str(folder)
    while place not in kinds and place != "/":
        place = os.path.dirname(place)  # noqa: PTH120 - of text, whether it exists or not
    if kinds.get(place) in _IN_MEMORY:
        raise DiskProblem(
            f"compute nodes cannot see {folder}: {place} is a file system in this machine's memory "
            f"({kinds[place]}); choose a shared one with results=FOLDER"
        )
