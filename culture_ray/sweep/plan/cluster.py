"""Settings of a cluster: the content of one file in conf/cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from culture_ray.sweep.plan.roofline import Gpu

H100 = Gpu("H100 80GB SXM", 79.6, 3.35, 989)


GpuOption = Literal["gpus-per-node", "gres", "gpus", "none"]


@dataclass(frozen=True)
class Slurm:
    """Options of jobs on a Slurm cluster, for `submit`."""

    partition: str | None = None
    account: str | None = None
    qos: str | None = None
    gpu_type: str | None = None
    """Slurm's name of the GPU type, as in --gpus-per-node=h100:4; null requests any type."""
    gpu_option: GpuOption = "gpus-per-node"
    """Option of sbatch that requests GPUs. `none` requests none, for clusters whose partition alone
    says which GPUs a node has; the job counts them."""
    address: str | None = None
    """Network between the nodes: an interface (ib0), a subnet (10.2.0.0/16), or the suffix that
    node names have there (i); null finds one that all nodes reach."""
    cpus_per_node: Annotated[int, Ge(1)] = 32
    memory_gib_per_node: Annotated[float, Gt(0)] | None = None
    """Memory requested per node; null requests Slurm's default per CPU."""
    nodes: Annotated[int, Ge(1)] | None = None
    """Nodes of a job; null takes as many as the plan can use, at most the cluster's."""
    time_limit_hours: Annotated[float, Gt(0)] = 24.0
    """Longest job the partition allows."""
    max_jobs: Annotated[int, Ge(1)] = 10
    """Most jobs of one chain, for a sweep that is longer than one job may be."""
    separate_jobs: bool = True
    """True gives models without GPUs, such as those behind an API, jobs of their own, which come
    before or after those on GPUs; false keeps a sweep in one job."""
    drain_s: Annotated[int, Ge(0)] = 180
    """Seconds before the time limit at which a job stops dispatching work."""
    wait_s: Annotated[int, Ge(1)] = 300
    """Seconds to wait for Ray on all nodes."""
    head: HeadNode | None = None
    """A node without GPUs for the driver, next to GPU nodes (a heterogeneous job). A job that
    needs no GPU runs on this node alone."""
    setup: tuple[str, ...] = ()
    """Shell lines that make `culture-ray` and `ray` available: modules, a virtual environment."""
    container: str | None = None
    """Prefix of commands, such as `apptainer exec --nv /shared/culture_ray.sif`."""
    scratch: str | None = None
    """Local disk of the nodes, a short path; null uses $SLURM_TMPDIR or /tmp."""
    options: Mapping[str, str | int] = field(default_factory=dict)
    """Any other options of sbatch, such as constraint: ib; they replace computed ones."""


@dataclass(frozen=True)
class HeadNode:
    """Options of the component of a heterogeneous job that the driver runs on."""

    partition: str | None = None
    cpus: Annotated[int, Ge(1)] = 4
    memory_gib: Annotated[float, Gt(0)] = 16.0
    options: Mapping[str, str | int] = field(default_factory=dict)
    """Other options of sbatch for this part, such as mail-type: END."""


@dataclass(frozen=True)
class Cluster:
    """Settings of a cluster: its nodes, the size of units, time limits, and figures for plans."""

    name: str = "local"
    address: str | None = None
    """Ray address to join; null starts Ray on this machine for the length of the sweep."""
    unit_size: Annotated[int, Ge(1)] = 64
    """Requests committed together as one shard."""
    most_units: Annotated[int, Ge(1)] | None = None
    """Shards of responses above which a run has larger units; null keeps `unit_size`."""
    max_replicas: Annotated[int, Ge(1)] | None = None
    """Most replicas at once; null means as many as fit."""
    share_process: bool = True
    """True asks API models from the driver's own process where one is enough, which starts at once;
    false gives them processes of Ray's in any case, and so metrics."""
    slurm: Slurm | None = None
    """Options of its Slurm jobs; null where there is no Slurm."""
    gpu: Gpu = H100
    """Kind of GPU, for plans; a name from conf/gpus.yaml, or written out."""
    nodes: Annotated[int, Ge(1)] = 1
    gpus_per_node: Annotated[int, Ge(0)] = 1
    gpu_memory_gib: Annotated[float, Gt(0)] | None = None
    """Memory of one GPU, if it differs from `gpu`."""
    efficiency: Annotated[float, Gt(0), Le(1)] = 0.5
    """Expected rate over physical limit, until a run has measured its own."""
    read_gib_s: Annotated[float, Gt(0)] = 1.0
    """Speed at which weights are read from the file system."""
    start_s: Annotated[float, Ge(0)] = 90.0
    """Seconds to start an engine in addition to reading its weights: compilation, CUDA graphs."""

    prefetch: bool = True
    """True lets a node read the weights of the next model into memory while another works."""

    hang_after_s: Annotated[float, Gt(0)] = 300.0
    """An engine with requests that produces no token for so long counts as dead."""
    load_timeout_s: Annotated[float, Gt(0)] = 3600.0
    """An engine that loads for longer counts as dead."""
    gpu_free_wait_s: Annotated[float, Ge(0)] = 120.0
    """Seconds that a replica waits for the last user of its GPU to free the memory."""
    grace_s: Annotated[float, Ge(0)] = 30.0
    """Seconds in which a sweep that is asked to stop commits its responses."""

    @property
    def gpus(self) -> int:
        """Return the number of GPUs of all nodes."""
        return self.nodes * self.gpus_per_node

    @property
    def card(self) -> Gpu:
        """Return the kind of GPU, with the memory of this cluster's."""
        if self.gpu_memory_gib is None:
            return self.gpu
        return replace(self.gpu, memory_gib=self.gpu_memory_gib)
