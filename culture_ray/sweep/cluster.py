"""The machines a sweep may use: the content of one file in conf/cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Slurm:
    """What a Slurm cluster offers and how its jobs are asked for; `submit` reads it."""

    partition: str | None = None
    account: str | None = None
    qos: str | None = None
    gpu_type: str | None = None
    """The type in Slurm's words, as in --gpus-per-node=h100:4; null asks for any."""
    gpus_per_node: int = 4
    cpus_per_node: int = 32
    memory_gib_per_node: float | None = None
    """Memory asked for per node; null asks for what CPUs bring by default."""
    nodes: int | None = None
    """Nodes of a job; null works them out from the plan."""
    max_nodes: int = 1
    """Most nodes one job may take where they are worked out."""
    time_limit_hours: float = 24.0
    """Longest job the partition allows."""
    max_jobs: int = 10
    """Most jobs of one chain, when a sweep is longer than one job may be."""
    drain_s: int = 180
    """Seconds before the time limit at which a job stops handing out work."""
    wait_s: int = 300
    """Seconds to wait for Ray on all nodes."""
    head: HeadNode | None = None
    """A node without GPUs for the driver, beside GPU nodes (a heterogeneous job)."""
    setup: tuple[str, ...] = ()
    """Shell lines that make `culture-ray` and `ray` available: modules, a virtual environment."""
    container: str | None = None
    """What commands run in, such as `apptainer exec --nv /shared/culture_ray.sif`."""
    scratch: str | None = None
    """The nodes' own disk, a short path; null uses $SLURM_TMPDIR or /tmp."""
    options: Mapping[str, str | int] = field(default_factory=dict)
    """Any other options of sbatch, such as constraint: ib."""


@dataclass(frozen=True)
class HeadNode:
    """The part of a heterogeneous job that the driver runs on."""

    partition: str | None = None
    cpus: int = 4
    memory_gib: float = 16.0


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
    slurm: Slurm | None = None
    """How to submit jobs there; null where there is no Slurm."""
