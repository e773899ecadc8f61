"""Atomic writing of files: a file exists completely or not at all, even after a crash."""

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
"""Prefix of files that are being written; pyarrow.dataset skips names with a leading dot."""

ABANDONED_S = 86_400.0
"""Age in seconds at which a temporary file or folder counts as abandoned by its writer."""


def write_once(path: Path, write: Callable[[Path], None]) -> bool:
    """Write `path` unless it exists; return True if this call wrote it.

    The first of several writers wins, so that two jobs can work on one run directory.
    Raises DiskProblem if the file system is full or cannot be written.
    """
    with _written(path, write) as temporary:
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}:
                raise
            if path.exists():  # without hard links the later of two equal files wins
                return False
            temporary.rename(path)
        _sync_folder(path.parent)
    return True


def replace(path: Path, write: Callable[[Path], None]) -> None:
    """Write `path`, replacing the file that is there.

    Raises DiskProblem if the file system is full or cannot be written.
    """
    with _written(path, write) as temporary:
        temporary.rename(path)
        _sync_folder(path.parent)


def replace_text(path: Path, text: str) -> None:
    """Write `path` as UTF-8 text, replacing the file that is there; errors as for `replace`."""
    replace(path, lambda temporary: _write_text(temporary, text))


def clear_leftovers(folder: Path) -> None:
    """Remove temporary files that writers have abandoned; raises DiskProblem.

    A younger file may still be in the hands of another job.
    """
    abandoned_before = time.time() - ABANDONED_S
    for place, _, files in os.walk(folder):
        for name in files:
            path = Path(place) / name
            # Another job may clear the same file.
            with saying_disk_problems(path), suppress(FileNotFoundError):
                if name.startswith(TEMPORARY) and path.stat().st_mtime < abandoned_before:
                    path.unlink()


_PROBLEMS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EFBIG: "the file is larger than this process may write (ulimit -f)",
    errno.ENOTDIR: "a part of the path is a file",
    errno.EEXIST: "a part of the path is a file",
    errno.ENAMETOOLONG: "the path is too long",
    errno.ELOOP: "a link of the path leads to itself",
    errno.EIO: "the file system reports an input/output error",
    errno.ESTALE: "the file system was mounted anew while the file was open",
}
"""Errors that a folder or its file system causes, not the code."""


@contextmanager
def saying_disk_problems(path: Path) -> Iterator[None]:
    """Raise DiskProblem in place of an OSError that concerns writing `path`."""
    try:
        yield
    except FileNotFoundError as error:
        raise _problem(path, "a folder of the path is not there and cannot be made") from error
    except OSError as error:
        problem = _PROBLEMS.get(error.errno or 0)
        if problem is None:
            raise
        raise _problem(path, problem) from error


def disk_problem(error: OSError) -> DiskProblem | None:
    """Return a DiskProblem for an error of a file or its file system, None for one of the code."""
    problem = _PROBLEMS.get(error.errno or 0)
    return _problem(error.filename, problem, "use") if problem and error.filename else None


def _problem(path: object, problem: str, what: str = "write") -> DiskProblem:
    return DiskProblem(
        f"cannot {what} {path}: {problem}; committed files are safe; free space or choose "
        f"another folder (results=...), then run the same command again"
    )


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
