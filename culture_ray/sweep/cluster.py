"""The machines a sweep may use: the content of one file in conf/cluster."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cluster:
    """Where replicas run, and how the work is cut."""

    name: str = "local"
    address: str | None = None
    """Ray address to join; null starts Ray on this machine for the length of the sweep."""
    unit_size: int = 64
    """Requests committed together as one shard."""
    max_replicas: int | None = None
    """Most replicas at once; null means as many as fit."""
    gpu_memory_gib: float = 80.0
    """Memory of one GPU, for plans made on a machine without one."""
    gpu_name: str = "GPU"
    hang_after_s: float = 300.0
    """An engine with requests in it that makes no token for so long counts as dead."""
    load_timeout_s: float = 3600.0
    """An engine that loads for longer counts as dead."""
    gpu_free_wait_s: float = 120.0
    """How long a replica waits until the GPU's last user has given its memory back."""
    grace_s: float = 30.0
    """Time that a sweep which is asked to stop has to commit what it has in hand."""
