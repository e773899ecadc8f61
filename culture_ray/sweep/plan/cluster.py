"""The machines a sweep may use: the content of one file in conf/cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from culture_ray.sweep.plan.roofline import Gpu

H100 = Gpu("H100 80GB SXM", 79.6, 3.35, 989)


@dataclass(frozen=True)
class Slurm:
    """What a Slurm cluster offers and how its jobs are asked for; `submit` reads it."""

    partition: str | None = None
    account: str | None = None
    qos: str | None = None
    gpu_type: str | None = None
    """The type in Slurm's words, as in --gpus-per-node=h100:4; null asks for any."""
    cpus_per_node: int = 32
    memory_gib_per_node: float | None = None
    """Memory asked for per node; null asks for what CPUs bring by default."""
    nodes: int | None = None
    """Nodes of a job; null works them out from the plan, at most the cluster's."""
    time_limit_hours: float = 24.0
    """Longest job the partition allows."""
    max_jobs: int = 10
    """Most jobs of one chain, when a sweep is longer than one job may be."""
    drain_s: int = 180
    """Seconds before the time limit at which a job stops handing out work."""
    wait_s: int = 300
    """Seconds to wait for Ray on all nodes."""
    head: HeadNode | None = None
    """A node without GPUs for the driver, beside GPU nodes (a heterogeneous job). A job that
    needs no GPU runs there alone."""
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
    options: Mapping[str, str | int] = field(default_factory=dict)
    """Other options of sbatch for this part, such as mail-type: END."""


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
    slurm: Slurm | None = None
    """How to submit jobs there; null where there is no Slurm."""
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

    hang_after_s: float = 300.0
    """An engine with requests in it that makes no token for so long counts as dead."""
    load_timeout_s: float = 3600.0
    """An engine that loads for longer counts as dead."""
    gpu_free_wait_s: float = 120.0
    """How long a replica waits until the GPU's last user has given its memory back."""
    grace_s: float = 30.0
    """Time that a sweep which is asked to stop has to commit what it has in hand."""

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
