"""Visibility of this machine's folders on compute nodes and in containers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

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


def named_folders(content: Mapping[str, Any]) -> list[Path]:
    """Return the folders that a configuration names by absolute path, and those of such files.

    They are of models, of data, and of the account that pays. Passed over is what there is not, and
    `cluster`, which speaks of the nodes' own folders.
    """
    others = {key: value for key, value in content.items() if key != "cluster"}
    named = (Path(text).expanduser() for text in _texts(others) if text.startswith(("/", "~/")))
    # os.path.exists: a text that no file system could hold as a name is none either.
    there = [p if p.is_dir() else p.parent for p in named if os.path.exists(p)]  # noqa: PTH110
    return list(dict.fromkeys(folder for folder in there if folder != folder.parent))


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str) and "\n" not in content:
        yield content
    elif isinstance(content, Mapping):
        for value in content.values():
            yield from _texts(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from _texts(value)
