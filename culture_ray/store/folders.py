"""Atomic replacement of a folder: readers find the old content or the new, never a mixture."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from culture_ray.errors import WrongValue
from culture_ray.store.atomic import ABANDONED_S, TEMPORARY, saying_disk_problems


@contextmanager
def replaced_folder(path: Path, marker: str, key: str) -> Iterator[Path]:
    """Yield an empty folder that replaces `path` once the block ends without an error.

    The folder at `path` is removed only then, and only if it holds a file named `marker`: a folder
    of other files is never touched. `key` names the setting in messages. Raises WrongValue for
    such a folder, and DiskProblem if nothing can be written.
    """
    _check_ours(path, marker, key)
    new = path.parent / f"{TEMPORARY}{uuid.uuid4().hex}"
    with saying_disk_problems(path):
        new.mkdir(parents=True)
        _clear_leftovers(path.parent)
        try:
            yield new
            _sync_all(new)
            _check_ours(path, marker, key)
            _swap(new, path)
        finally:
            shutil.rmtree(new, ignore_errors=True)


def _clear_leftovers(parent: Path) -> None:
    """Remove temporary folders that writers have abandoned."""
    for folder in parent.glob(f"{TEMPORARY}*"):
        with suppress(FileNotFoundError):  # another process may clear the same folder
            if folder.is_dir() and folder.stat().st_mtime < time.time() - ABANDONED_S:
                shutil.rmtree(folder, ignore_errors=True)


def _check_ours(path: Path, marker: str, key: str) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        raise WrongValue(key, str(path), "a folder; this is a file")
    if any(path.iterdir()) and not (path / marker).is_file():
        raise WrongValue(
            key, str(path), f"a new folder, or one with the {marker} of a former export"
        )


def _swap(new: Path, path: Path) -> None:
    before = path.parent / f"{TEMPORARY}{uuid.uuid4().hex}"
    if not path.exists():
        new.rename(path)
    else:
        path.rename(before)
        try:
            new.rename(path)
        except OSError:
            before.rename(path)
            raise
    _sync(path.parent)
    shutil.rmtree(before, ignore_errors=True)


def _sync_all(folder: Path) -> None:
    for inside, _, files in os.walk(folder):
        for name in files:
            _sync(Path(inside) / name)
        _sync(Path(inside))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
