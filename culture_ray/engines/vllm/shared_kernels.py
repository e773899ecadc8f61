"""Compiled kernels that engines share: copies of what one has compiled, for those that load later.

Each engine writes into a cache of its own (`compile_cache`). What it has finished is put into a
folder beside the caches, under its final name at once, and an engine that starts takes what it
lacks from there: an entry that is being written is never read. Kernels are linked, which takes
neither time nor room: vLLM 0.32 replaces such files and never writes into them. It finds an entry
by its name alone, wherever the cache is.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_KINDS = ("torch_compile_cache", "torch_aot_compile")
"""Folders of a cache with one entry per graph, named after all that its kernels depend on."""

_SHARED = "finished"


def copy_shared(cache: Path, base: Path) -> int:
    """Copy the entries that other engines have finished into a cache; return how many."""
    return sum(_copy(entry, cache) for entry in _entries(base / _SHARED))


def share_finished(cache: Path, base: Path) -> int:
    """Copy the entries of a cache, which its engine has finished, for others; return how many."""
    return sum(_copy(entry, base / _SHARED) for entry in _entries(cache))


def _entries(cache: Path) -> Iterator[Path]:
    for kind in _KINDS:
        folder = cache / kind
        if folder.is_dir():
            yield from sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _copy(entry: Path, cache: Path) -> bool:
    """Copy an entry into a cache that has none of its name; return True if it was copied.

    Kernels save time only: where they cannot be copied, they are compiled.
    """
    target = cache / entry.parent.name / entry.name
    if target.exists():
        return False
    partial = target.with_name(f".{uuid.uuid4().hex}")
    try:
        if entry.is_dir():
            shutil.copytree(entry, partial, copy_function=_link_or_copy)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            _link_or_copy(entry, partial)
        partial.rename(target)
    except OSError:  # a full disk, or another engine was faster
        shutil.rmtree(partial, ignore_errors=True)
        partial.unlink(missing_ok=True)
        return False
    return True


def _link_or_copy(source: Path | str, target: Path | str) -> None:
    """Hard-link a file; Python files are copied, since vLLM rewrites them in place."""
    if not str(source).endswith(".py"):
        with suppress(OSError):  # another file system, or one without links
            os.link(source, target)
            return
    shutil.copy2(source, target)
