"""Visibility of folders on compute nodes and in containers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from culture_ray.errors import DiskProblem

_IN_MEMORY = frozenset({"tmpfs", "ramfs", "devtmpfs"})


def check_visible(folder: Path, mounts: str | None = None) -> None:
    """Raise DiskProblem if `folder` is in this machine's memory, where no other node can see it.

    If a node cannot see it for another reason, the job says so in its log. `mounts` is the text of
    the mount table, by default that of this machine.
    """
    table = mounts if mounts is not None else Path("/proc/self/mounts").read_text(encoding="utf-8")
    kinds = {}
    for line in table.splitlines():
        _, place, kind, *_ = line.split()
        kinds[place] = kind
    place = str(folder)
    while place not in kinds and place != "/":
        place = os.path.dirname(place)  # noqa: PTH120 - a path as text, which need not exist
    if kinds.get(place) in _IN_MEMORY:
        raise DiskProblem(
            f"compute nodes cannot see {folder}: {place} is a file system in this machine's memory "
            f"({kinds[place]}); choose a shared one with results=FOLDER"
        )


def named_folders(content: Mapping[str, Any]) -> list[Path]:
    """Return the folders, and the folders of files, that a configuration names by absolute path.

    These are folders of models, of data, and of the spending account. Paths that do not exist are
    skipped, and so is `cluster`, whose paths are on the compute nodes.
    """
    parts = {key: value for key, value in content.items() if key != "cluster"}
    paths = (Path(text).expanduser() for text in _texts(parts) if text.startswith(("/", "~/")))
    # os.path.exists returns False for texts that are not valid paths, where Path.exists raises.
    folders = [p if p.is_dir() else p.parent for p in paths if os.path.exists(p)]  # noqa: PTH110
    return list(dict.fromkeys(folder for folder in folders if folder != folder.parent))


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str) and "\n" not in content:
        yield content
    elif isinstance(content, Mapping):
        for value in content.values():
            yield from _texts(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from _texts(value)
