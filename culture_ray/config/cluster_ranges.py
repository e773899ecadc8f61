"""Figures of a cluster that no sweep can run with, by the key that each stands at."""

from __future__ import annotations

from collections.abc import Iterator

from culture_ray.sweep.plan.cluster import Cluster, Slurm

Least = tuple[str, float | None, int]
"""A key, its value (null passes) and the least it may be."""


def least_of(cluster: Cluster) -> Iterator[Least]:
    """Yield what has to be at least a number."""
    for name, least in (("unit_size", 1), ("nodes", 1), ("gpus_per_node", 0), ("max_replicas", 1)):
        yield f"cluster.{name}", getattr(cluster, name), least
    for name in ("start_s", "gpu_free_wait_s", "grace_s"):
        yield f"cluster.{name}", getattr(cluster, name), 0
    if cluster.slurm is not None:
        yield from _least_of_slurm(cluster.slurm)


def positive_of(cluster: Cluster) -> Iterator[tuple[str, float | None]]:
    """Yield what has to be above 0."""
    for name in ("gpu_memory_gib", "efficiency", "read_gib_s", "hang_after_s", "load_timeout_s"):
        yield f"cluster.{name}", getattr(cluster, name)
    for name in ("memory_gib", "bandwidth_tb_s", "tflops"):
        yield f"cluster.gpu.{name}", getattr(cluster.gpu, name)
    if (slurm := cluster.slurm) is not None:
        yield "cluster.slurm.time_limit_hours", slurm.time_limit_hours
        yield "cluster.slurm.memory_gib_per_node", slurm.memory_gib_per_node
        if slurm.head is not None:
            yield "cluster.slurm.head.memory_gib", slurm.head.memory_gib


def _least_of_slurm(slurm: Slurm) -> Iterator[Least]:
    for name in ("cpus_per_node", "nodes", "max_jobs", "wait_s"):
        yield f"cluster.slurm.{name}", getattr(slurm, name), 1
    yield "cluster.slurm.drain_s", slurm.drain_s, 0
    if slurm.head is not None:
        yield "cluster.slurm.head.cpus", slurm.head.cpus, 1
