"""Size of a sweep's Slurm job: nodes, GPUs, CPUs, memory, time, and the length of a chain."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from culture_ray.errors import JobTooSmall
from culture_ray.sweep.plan.cluster import Cluster, HeadNode, Slurm

MARGIN = 1.5
"""Requested time over expected time. A job that is cut short has to queue again, so an estimate
that is too low costs more than one that is too high."""

_START_HOURS = 0.25
"""Hours for starting Ray and for the stages after generation, besides loading and generating."""

_STEP_MINUTES = 15
_API_CPUS, _API_GIB = 4, 16.0


@dataclass(frozen=True)
class JobLoad:
    """Load of one model on a cluster."""

    name: str
    gpus_per_replica: int
    cpus_per_replica: int
    memory_gib: float
    """Host memory of one replica, not GPU memory."""
    hours: float | None
    """Hours that one replica needs for all of the model's requests; None if not known."""
    load_hours: float = 0.1
    """Hours until a replica can answer its first request."""
    stage: str = "elicit"
    pool: str | None = None
    """Rate limits that requests of an API model share; None for a model that runs in the job."""


@dataclass(frozen=True)
class Job:
    """Resources to request from Slurm for each job of a chain."""

    nodes: int
    gpus_per_node: int
    cpus_per_node: int
    memory_gib_per_node: float | None
    minutes: int
    jobs: int
    """Jobs in the chain; each starts if the one before ends without finishing."""
    head: HeadNode | None = None
    """Additional node for the driver; None puts the driver on the first of the nodes."""

    @property
    def gpu_hours(self) -> float:
        """Return the GPU-hours that are requested, if every job of the chain runs to its end."""
        return self.jobs * self.nodes * self.gpus_per_node * self.minutes / 60


def size(loads: Sequence[JobLoad], cluster: Cluster, slurm: Slurm) -> Job:
    """Return the smallest job that is expected to finish within the time limit, or a chain.

    All nodes of the cluster are used before a chain is made. For a model with unknown hours the
    whole time limit is requested. Raises JobTooSmall, which names the setting, if a model does not
    fit on the nodes or takes longer to load than a job may run.
    """
    limit = slurm.time_limit_hours
    for load in loads:
        _check(load, cluster, slurm)
    gpus = max((load.gpus_per_replica for load in loads), default=0)
    nodes = slurm.nodes or max(1, math.ceil(gpus / max(1, cluster.gpus_per_node)))
    hours = _hours(loads, nodes, cluster)
    while hours is not None and hours > limit and gpus and nodes < (slurm.nodes or cluster.nodes):
        nodes += 1
        hours = _hours(loads, nodes, cluster)
    usable = limit - slurm.drain_s / 3600 - max((load.load_hours for load in loads), default=0.0)
    wanted = limit if hours is None else hours
    jobs = 1 if wanted <= limit else min(slurm.max_jobs, math.ceil(wanted / usable))
    minutes = math.ceil(min(wanted, limit) * 60 / _STEP_MINUTES) * _STEP_MINUTES
    per_node = min(cluster.gpus_per_node, _per_node(loads, gpus, nodes, cluster)) if gpus else 0
    cpus, memory = _machine(loads, slurm, per_node)
    minutes = min(minutes, math.floor(limit * 60))
    head = slurm.head if per_node else None  # a job without GPUs runs on a head node as a whole
    return Job(nodes, per_node, cpus, memory, minutes, jobs, head)


def _check(load: JobLoad, cluster: Cluster, slurm: Slurm) -> None:
    nodes = slurm.nodes or cluster.nodes
    most = nodes * cluster.gpus_per_node
    if load.gpus_per_replica > most:
        raise JobTooSmall(
            f"{load.name} needs {load.gpus_per_replica} GPUs, and a job can have {most} "
            f"({nodes} x {cluster.gpus_per_node}): "
            "raise cluster.gpus_per_node or cluster.nodes, or choose larger GPUs"
        )
    if not load.gpus_per_replica and load.cpus_per_replica > slurm.cpus_per_node:
        raise JobTooSmall(
            f"{load.name} needs {load.cpus_per_replica} cores, and a node has "
            f"{slurm.cpus_per_node}: raise cluster.slurm.cpus_per_node"
        )
    least = load.load_hours + slurm.drain_s / 3600
    if slurm.time_limit_hours <= least:
        raise JobTooSmall(
            f"cluster.slurm.time_limit_hours={slurm.time_limit_hours:g} ends before {load.name} "
            f"has loaded and drained ({least:.2f} hours): no request would be answered"
        )


def _hours(loads: Sequence[JobLoad], nodes: int, cluster: Cluster) -> float | None:
    """Return the hours to request: GPUs share the work evenly, models on CPUs run one by one.

    The API models of a stage are asked at the same time, those with a common rate limit in turn.
    """
    if any(load.hours is None for load in loads):
        return None
    gpus = nodes * cluster.gpus_per_node
    work = 0.0
    asked: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for load in loads:
        if load.pool is not None:
            asked[load.stage][load.pool] += load.hours or 0.0
            continue
        share = load.gpus_per_replica / gpus if load.gpus_per_replica else 1.0
        work += (load.hours or 0.0) * share + load.load_hours
    work += sum(max(pools.values()) for pools in asked.values())
    return MARGIN * work + _START_HOURS


def _per_node(loads: Sequence[JobLoad], largest: int, nodes: int, cluster: Cluster) -> int:
    """Return the GPUs per node to request: all, unless there is only one short replica."""
    one_replica = len(loads) == 1 and (loads[0].hours or math.inf) < _START_HOURS
    return math.ceil(largest / nodes) if one_replica else cluster.gpus_per_node


def _machine(loads: Sequence[JobLoad], slurm: Slurm, per_node: int) -> tuple[int, float | None]:
    if per_node or not loads:
        return slurm.cpus_per_node, slurm.memory_gib_per_node
    local = [load for load in loads if load.memory_gib]
    if not local:  # every model is asked through an API
        if slurm.head is not None:
            return slurm.head.cpus, slurm.head.memory_gib
        return min(_API_CPUS, slurm.cpus_per_node), slurm.memory_gib_per_node or _API_GIB
    cpus = max(load.cpus_per_replica for load in local) + 1
    memory = max(load.memory_gib for load in local) * 1.5 + 4.0
    return min(cpus, slurm.cpus_per_node), slurm.memory_gib_per_node or math.ceil(memory)
