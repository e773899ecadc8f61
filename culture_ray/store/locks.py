"""Locks on files: taking one, and finding out that a file system has none."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from pathlib import Path

from culture_ray.errors import DiskProblem

_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, 524}
"""524 is Linux's own ENOTSUPP, which some network file systems let through."""


def lock(file: int, path: Path, kind: int = fcntl.LOCK_EX) -> None:
    """Lock an open file, as fcntl.flock does.

    Raises DiskProblem where the file system of `path` has no locks, and BlockingIOError where
    another process holds it and `kind` includes LOCK_NB.
    """
    try:
        fcntl.flock(file, kind)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        raise DiskProblem(
            f"cannot lock {path}: its file system does not support file locks "
            f"({error.strerror}), without which jobs could pay twice; choose another one for the "
            f"run, which holds paid answers (results=...), and for its account if that is "
            f"elsewhere (spending.account=...)"
        ) from error


def check_locks(folder: Path) -> None:
    """Raise DiskProblem if files in `folder` cannot be locked; makes the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".lock-{secrets.token_hex(8)}"
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        lock(file, path)
    finally:
        os.close(file)
        path.unlink(missing_ok=True)
