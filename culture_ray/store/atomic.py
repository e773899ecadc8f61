"""Writing a file so that it is there whole or not at all, whatever stops the process."""

from __future__ import annotations

import errno
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from culture_ray.errors import DiskProblem

TEMPORARY = ".tmp-"
"""Prefix of files that are being written; pyarrow.dataset passes over names with a leading dot."""

LEFT_S = 86_400.0
"""After so long nobody is writing a temporary file or folder any more."""


def write_once(path: Path, write: Callable[[Path], None]) -> bool:
    """Write `path` unless it exists; return whether this call's content is what stands there.

    The first of several writers wins, so that two jobs can work on one run directory.
    Raises DiskProblem when the file system is full or refuses to be written.
    """
    with _written(path, write) as temporary:
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}:
                raise
            if path.exists():  # a file system without hard links: the last of two equals wins
                return False
            temporary.rename(path)
        _sync_folder(path.parent)
    return True


def replace(path: Path, write: Callable[[Path], None]) -> None:
    """Write `path`, in place of what is there.

    Raises DiskProblem when the file system is full or refuses to be written.
    """
    with _written(path, write) as temporary:
        temporary.rename(path)
        _sync_folder(path.parent)


def replace_text(path: Path, text: str) -> None:
    """Write `path` as UTF-8 text, in place of what is there; errors as `replace`."""
    replace(path, lambda temporary: _write_text(temporary, text))


def clear_leftovers(folder: Path) -> None:
    """Remove what killed writers left half-written, once nobody can be writing it any more.

    Raises DiskProblem when the file system refuses.
    """
    long_ago = time.time() - LEFT_S
    for place, _, files in os.walk(folder):
        for name in files:
            path = Path(place) / name
            # Another job may tidy too.
            with saying_disk_problems(path), suppress(FileNotFoundError):
                if name.startswith(TEMPORARY) and path.stat().st_mtime < long_ago:
                    path.unlink()


@contextmanager
def saying_disk_problems(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals to write into DiskProblem."""
    try:
        yield
    except OSError as error:
        what = {
            errno.ENOSPC: "the disk is full",
            errno.EDQUOT: "the disk quota is used up",
            errno.EROFS: "the file system is read-only",
            errno.EACCES: "permission denied",
            errno.EPERM: "permission denied",
            errno.EFBIG: "it is larger than this process may write (ulimit -f)",
            errno.ENOTDIR: "a part of the path is a file",
            errno.EEXIST: "a part of the path is a file",
        }.get(error.errno or 0)
        if what is None:
            raise
        raise DiskProblem(
            f"cannot write {path}: {what}; what is committed is safe, make room or choose another "
            f"folder (results=...) and run the same command again"
        ) from error


@contextmanager
def _written(path: Path, write: Callable[[Path], None]) -> Iterator[Path]:
    temporary = path.parent / f"{TEMPORARY}{uuid.uuid4().hex}{path.suffix}"
    with saying_disk_problems(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(temporary)
            _sync(temporary)
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    _sync(folder)
