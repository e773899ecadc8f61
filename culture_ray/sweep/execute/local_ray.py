"""Ray that this process starts on its own machine: its folder, and what a Slurm job gave of it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

_LONGEST_BASE = 29
"""A socket's path has at most 107 characters: 64 are Ray's, and 14 the folder's own name."""

_STORE_BYTES = 256 * 2**20
"""Memory of Ray's object store; requests and answers, which go through it, are small."""


def new_folder(environment: Mapping[str, str]) -> Path:
    """Make and return a folder for Ray, with a path that is short enough for sockets.

    Each Ray gets its own: the usual /tmp/ray belongs to the first user of a machine.
    """
    named = [environment.get(name) for name in ("RAY_TMPDIR", "SLURM_TMPDIR", "TMPDIR")]
    for base in (*named, "/tmp"):
        if base and len(base) <= _LONGEST_BASE and os.access(base, os.W_OK | os.X_OK):
            return Path(tempfile.mkdtemp(prefix="ray-", dir=base))
    return Path(tempfile.mkdtemp(prefix="ray-"))


def remove_folder(folder: Path) -> None:
    """Remove a folder of Ray's, as far as that is possible."""
    shutil.rmtree(folder, ignore_errors=True)


def options(environment: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Return the arguments of ray.init: no more cores and memory than a Slurm job has here."""
    # "local": without it Ray joins any cluster that another user has on this machine.
    found: dict[str, Any] = {
        "address": "local",
        "include_dashboard": False,
        "object_store_memory": _STORE_BYTES,
        "_temp_dir": str(folder),
    }
    if "SLURM_JOB_ID" not in environment:
        return found
    cpus = int(environment.get("SLURM_CPUS_ON_NODE") or 0)
    if cpus:
        found["num_cpus"] = cpus
    mib = int(environment.get("SLURM_MEM_PER_NODE") or 0)
    mib = mib or cpus * int(environment.get("SLURM_MEM_PER_CPU") or 0)
    if mib:
        found["_memory"] = max(mib * 2**20 - _STORE_BYTES, _STORE_BYTES)
    return found


def adapt(environment: MutableMapping[str, str]) -> None:
    """Set the variables that Ray needs to run in a Slurm job."""
    if "SLURM_JOB_ID" not in environment:
        return
    # Its monitor would end replicas when the whole node's memory is low, whoever uses it.
    environment.setdefault("RAY_memory_monitor_refresh_ms", "0")
    if not environment.get("CUDA_VISIBLE_DEVICES") and "HIP_VISIBLE_DEVICES" not in environment:
        devices = environment.pop("ROCR_VISIBLE_DEVICES", None)  # AMD GPUs; Ray refuses this name
        if devices is not None:
            environment["HIP_VISIBLE_DEVICES"] = devices
