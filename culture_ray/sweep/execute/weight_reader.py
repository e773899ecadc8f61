"""Reading of weights into a node's memory, from which a model then loads at once.

Linux keeps what is read in its page cache, as long as nothing needs the memory. At most half of
what is available is filled, so that neither the replicas nor the weights themselves are pushed out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from culture_ray.engines.model import Model
from culture_ray.engines.weight_files import weight_files

_SHARE = 0.5
"""Most of the available memory that is filled."""

_BLOCK = 8 << 20
"""Bytes read at once."""


def read_weights(model: Model) -> int:
    """Read a model's weights once, as far as there is room; return the bytes that were read.

    A file that cannot be read is left to the engine, which reports it.
    """
    return read_ahead(weight_files(model), room_for_pages())


def read_ahead(files: Sequence[Path], room: float) -> int:
    """Read files in their order until `room` bytes are read; return how many were."""
    buffer, total = memoryview(bytearray(_BLOCK)), 0
    for path in files:
        try:
            total += _read(path, buffer, room - total)
        except OSError:
            continue
    return total


def room_for_pages(meminfo: str | None = None, limit: str | None = None) -> float:
    """Return the bytes that may be filled.

    `meminfo` is the text of /proc/meminfo, `limit` that of the memory limit of this process's
    cgroup; by default, those of this machine are read. 0 where neither tells.
    """
    text = _text("/proc/meminfo") if meminfo is None else meminfo
    found = re.search(r"^MemAvailable:\s*(\d+) kB$", text, re.MULTILINE)
    if found is None:
        return 0.0
    most = _text("/sys/fs/cgroup/memory.max") if limit is None else limit
    available = int(found[1]) * 1024
    return _SHARE * min(available, int(most) if most.strip().isdigit() else available)


def _read(path: Path, buffer: memoryview, room: float) -> int:
    total = 0
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_SEQUENTIAL)
        while total + len(buffer) <= room and (count := os.readv(handle, [buffer])):
            total += count
    finally:
        os.close(handle)
    return total


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""
