"""Checks of a file system before a run: hard links and renames for commits, and free space."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from culture_ray.errors import DiskProblem
from culture_ray.store.atomic import TEMPORARY, saying_disk_problems

_MIB = 2**20

Link = Callable[[Path, Path], None]


def check_commits(folder: Path, link: Link = os.link, rename: Link = os.rename) -> None:
    """Raise DiskProblem if shards could not be committed exactly once.

    A commit links a finished file to its name. The link fails if the name is taken, so that the
    first of two commits wins. A rename replaces one file by another in one step.
    """
    with saying_disk_problems(folder):
        folder.mkdir(parents=True, exist_ok=True)
        first, second = (folder / f"{TEMPORARY}{uuid.uuid4().hex}" for _ in range(2))
        try:
            first.write_bytes(b"probe")
            try:
                link(first, second)
            except OSError as error:
                raise _unfit(folder, "hard links", error) from None
            try:
                link(first, second)
            except FileExistsError:
                pass
            else:
                raise _unfit(folder, "hard links that fail where the name is taken", None)
            try:
                rename(second, first)
            except OSError as error:
                raise _unfit(folder, "renames that replace a file", error) from None
        finally:
            first.unlink(missing_ok=True)
            second.unlink(missing_ok=True)


def check_room(folder: Path, wanted: float) -> None:
    """Raise DiskProblem if the file system of `folder` has fewer than `wanted` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise DiskProblem(
            f"{folder} has {free / _MIB:,.0f} MiB free, and the rest of this sweep needs about "
            f"{wanted / _MIB:,.0f} MiB: free space or choose another folder (results=...)"
        )


def _unfit(folder: Path, lacks: str, error: OSError | None) -> DiskProblem:
    why = "" if error is None else f" ({error.strerror or type(error).__name__})"
    return DiskProblem(
        f"the file system of {folder} has no {lacks}{why}; without them two jobs or a crash could "
        f"damage a shard: choose a folder on another file system (results=...)"
    )
