"""File locks of a badly mounted folder, for every Python whose PYTHONPATH has this file's folder.

BAD_LOCKS_IN names the folder and BAD_LOCKS its kind: `none`, where locking is refused as some
network file systems refuse it, or `local`, where a lock is known to its own machine alone.
"""

from __future__ import annotations

import errno
import fcntl
import os
import platform
import struct
import zlib
from pathlib import Path

_flock = fcntl.flock


def _bad_flock(file: int, kind: int) -> None:
    path = str(Path(f"/proc/self/fd/{file}").readlink())
    if not path.startswith(os.environ["BAD_LOCKS_IN"]):
        _flock(file, kind)
    elif os.environ["BAD_LOCKS"] == "none":
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
    else:
        # A byte of its own for every machine: two of them never meet.
        byte = zlib.crc32(platform.node().encode())
        shared, released = kind & fcntl.LOCK_SH, kind & fcntl.LOCK_UN
        word = fcntl.F_UNLCK if released else fcntl.F_RDLCK if shared else fcntl.F_WRLCK
        act = fcntl.F_OFD_SETLK if kind & fcntl.LOCK_NB else fcntl.F_OFD_SETLKW
        fcntl.fcntl(file, act, struct.pack("hhqqi4x", word, os.SEEK_SET, byte, 1, 0))


if "BAD_LOCKS_IN" in os.environ:
    fcntl.flock = _bad_flock  # type: ignore[assignment]
