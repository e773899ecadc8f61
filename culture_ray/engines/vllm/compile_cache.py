"""Cache of compiled kernels: shared by the engines of a machine, and by no two at one time.

vLLM writes its cache in place, so that an engine could read what another is writing. Each engine
therefore takes the first cache that no other one holds: engines that follow one another find what
was compiled before them, and those that run at once have caches of their own (`shared_kernels`
copies between them).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path

_MOST = 64
"""Engines of one machine that can have caches; more share the last one."""

_held: list[int] = []
"""Open lock files of this process; closing one would give its cache back."""


@dataclass(frozen=True)
class CompileCache:
    """Cache of one engine, in a folder that the engines of a machine share."""

    folder: Path
    base: Path
    own: bool = True
    """False where files cannot be locked, so that another engine may write into it."""


def take_cache(environment: MutableMapping[str, str]) -> CompileCache:
    """Set VLLM_CACHE_ROOT to a cache that this process alone has until it ends; return it.

    The first cache is the folder itself that the variable named, or vLLM's default. Where files
    cannot be locked, nothing is changed.
    """
    default = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    base = Path(environment.get("VLLM_CACHE_ROOT") or f"{default}/vllm").expanduser()
    for number in range(_MOST):
        cache = base / f"engine-{number}" if number else base
        try:
            cache.mkdir(parents=True, exist_ok=True)
            file = os.open(cache / ".engine.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError:  # no place to write; vLLM says so itself
            return CompileCache(base, base, own=False)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            continue
        except OSError:
            os.close(file)
            return CompileCache(base, base, own=False)
        _held.append(file)
        environment["VLLM_CACHE_ROOT"] = str(cache)
        return CompileCache(cache, base)
    return CompileCache(base, base, own=False)
