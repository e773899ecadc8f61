"""Replacing a whole folder: it is there as it was, or as it is now, never half."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from culture_ray.errors import WrongValue
from culture_ray.store.atomic import LEFT_S, TEMPORARY, saying_disk_problems


@contextmanager
def replaced_folder(path: Path, marker: str, key: str) -> Iterator[Path]:
    """Yield an empty folder, which stands at `path` once the block has ended without an error.

    What stood there before is removed only then, and only if it holds a file named `marker`: a
    folder of other files is never touched. `key` names the setting in messages. Raises WrongValue
    for such a folder, DiskProblem where nothing can be written.
    """
    _check_ours(path, marker, key)
    made = path.parent / f"{TEMPORARY}{uuid.uuid4().hex}"
    with saying_disk_problems(path):
        made.mkdir(parents=True)
        _clear_leftovers(path.parent)
        try:
            yield made
            _sync_all(made)
            _check_ours(path, marker, key)
            _swap(made, path)
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _clear_leftovers(parent: Path) -> None:
    """Remove what killed writers left, once nobody can be writing it any more."""
    for folder in parent.glob(f"{TEMPORARY}*"):
        with suppress(FileNotFoundError):  # somebody else may tidy too
            if folder.is_dir() and folder.stat().st_mtime < time.time() - LEFT_S:
                shutil.rmtree(folder, ignore_errors=True)


def _check_ours(path: Path, marker: str, key: str) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        raise WrongValue(key, str(path), "a folder, and this is a file")
    if any(path.iterdir()) and not (path / marker).is_file():
        raise WrongValue(key, str(path), f"a new folder, or one with a {marker} of a former export")


def _swap(made: Path, path: Path) -> None:
    before = path.parent / f"{TEMPORARY}{uuid.uuid4().hex}"
    if not path.exists():
        made.rename(path)
    else:
        path.rename(before)
        try:
            made.rename(path)
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
