"""The machines a sweep may use: the content of one file in conf/cluster."""

from __future__ import annotations

from dataclasses import dataclass, replace

from culture_ray.sweep.roofline import Gpu

H100 = Gpu("H100 80GB SXM", 79.6, 3.35, 989)


@dataclass(frozen=True)
class Cluster:
    """Where replicas run, how the work is cut, and what plans reckon with."""

    name: str = "local"
    address: str | None = None
    """Ray address to join; null starts Ray on this machine for the length of the sweep."""
    unit_size: int = 64
    """Requests committed together as one shard."""
    max_replicas: int | None = None
    """Most replicas at once; null means as many as fit."""
    gpu: Gpu = H100
    """The kind of GPU, for plans; by name from conf/gpus.yaml, or written out."""
    nodes: int = 1
    gpus_per_node: int = 1
    gpu_memory_gib: float | None = None
    """Memory of one GPU where it is not the usual one of its kind."""
    efficiency: float = 0.5
    """Expected rate over physical limit, until a run measures its own."""
    read_gib_s: float = 1.0
    """How fast weights are read from the file system."""
    start_s: float = 90.0
    """What an engine takes to start beside reading its weights: compiling, CUDA graphs."""

    @property
    def gpus(self) -> int:
        """Return the number of GPUs of all nodes."""
        return self.nodes * self.gpus_per_node

    @property
    def card(self) -> Gpu:
        """Return one of its GPUs."""
        if self.gpu_memory_gib is None:
            return self.gpu
        return replace(self.gpu, memory_gib=self.gpu_memory_gib)
