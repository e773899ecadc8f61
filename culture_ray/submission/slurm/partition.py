"""Limits of partitions, and what of a job does not fit into them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_UNLIMITED = frozenset({"UNLIMITED", "INFINITE", "NONE", "(null)", "N/A", ""})


@dataclass(frozen=True)
class NodeKind:
    """Nodes of a partition that are alike."""

    nodes: int
    cpus: int
    memory_mib: int
    gpus: tuple[tuple[str, int], ...] = ()
    """Types of GPUs in Slurm's words, empty for a count without type, and GPUs per node."""

    def gpus_of(self, kind: str | None) -> int:
        """Return the GPUs per node of a type, of all types for None."""
        return sum(count for name, count in self.gpus if kind is None or name == kind)


@dataclass(frozen=True)
class Partition:
    """Limits of a partition; None where there is none."""

    name: str
    default: bool
    state: str
    """UP, DOWN, DRAIN or INACTIVE."""
    minutes: int | None = None
    nodes: int | None = None
    cpus_per_node: int | None = None
    memory_mib_per_node: int | None = None
    kinds: tuple[NodeKind, ...] = ()


@dataclass(frozen=True)
class Demand:
    """Resources of one part of a job."""

    nodes: int
    cpus: int
    minutes: int
    memory_gib: float | None = None
    gpus: int = 0
    gpu_type: str | None = None


def parsed_partitions(partitions: str, nodes: str) -> list[Partition]:
    """Return the partitions in `scontrol -o show partition`.

    `nodes` is what `sinfo -h -e -o '%R|%D|%c|%m|%G'` prints. Fields that are missing or cannot be
    read set no limit.
    """
    kinds: dict[str, list[NodeKind]] = {}
    for line in nodes.splitlines():
        fields = line.strip().split("|")
        if len(fields) == 5 and all(re.match(r"\d", field) for field in fields[1:4]):
            name, count, cpus, memory, gres = fields
            kind = NodeKind(_number(count), _number(cpus), _number(memory), tuple(_gpus(gres)))
            kinds.setdefault(name, []).append(kind)
    found = []
    for line in partitions.splitlines():
        told = dict(re.findall(r"(\w+)=(\S*)", line))
        if "PartitionName" in told:
            name = told["PartitionName"]
            found.append(
                Partition(
                    name,
                    told.get("Default") == "YES",
                    told.get("State", "UP"),
                    _minutes(told.get("MaxTime", "")),
                    _limit(told.get("MaxNodes", "")),
                    _limit(told.get("MaxCPUsPerNode", "")),
                    _limit(told.get("MaxMemPerNode", "")),
                    tuple(kinds.get(name, ())),
                )
            )
    return found


def problem_of(demand: Demand, partition: Partition, *, limited: bool = True) -> str | None:
    """Return the first part of a demand that a partition cannot give, with the setting to change.

    None if it can give all. Without `limited` its limits of time and nodes are left to Slurm, since
    a QOS may raise them.
    """
    return next(_problems(demand, partition, limited), None)


def _problems(demand: Demand, partition: Partition, limited: bool) -> Iterator[str]:
    name, kinds = f"partition {partition.name}", partition.kinds
    if partition.state in ("INACTIVE", "DRAIN"):
        yield f"{name} takes no jobs (state {partition.state}): set cluster.slurm.partition"
    if limited and partition.minutes is not None and demand.minutes > partition.minutes:
        hours = f"{partition.minutes / 60:.4g}"
        yield (
            f"{name} allows {_clock(partition.minutes)} hours and the job would ask for "
            f"{_clock(demand.minutes)}: set cluster.slurm.time_limit_hours={hours}"
        )
    nodes = [count for count in (partition.nodes if limited else None,) if count is not None]
    nodes += [sum(kind.nodes for kind in kinds)] if kinds else []
    if nodes and demand.nodes > min(nodes):
        yield (
            f"{name} allows {min(nodes)} nodes and the job would ask for {demand.nodes}: lower "
            f"cluster.slurm.nodes or cluster.nodes"
        )
    cpus = _most([kind.cpus for kind in kinds], partition.cpus_per_node)
    if cpus is not None and demand.cpus > cpus:
        yield (
            f"nodes of {name} give a job up to {cpus} cores and it would ask for {demand.cpus}: "
            f"set cluster.slurm.cpus_per_node={cpus}"
        )
    memory = _most([kind.memory_mib for kind in kinds], partition.memory_mib_per_node)
    if memory is not None and demand.memory_gib and demand.memory_gib * 1024 > memory:
        yield (
            f"nodes of {name} give a job up to {memory / 1024:.4g} GiB and it would ask for "
            f"{demand.memory_gib:g}: set cluster.slurm.memory_gib_per_node={memory // 1024}"
        )
    if kinds and demand.gpus:
        yield from _gpu_problems(demand, name, kinds)
    fitting = sum(kind.nodes for kind in kinds if _fits(demand, kind))
    if kinds and fitting < demand.nodes:
        yield (
            f"{name} has {fitting} nodes with everything that the job would ask for, and it would "
            f"ask for {demand.nodes}: lower cluster.nodes, or what a node has to have"
        )


def _gpu_problems(demand: Demand, name: str, kinds: Sequence[NodeKind]) -> Iterator[str]:
    if not any(kind.gpus for kind in kinds):
        yield (
            f"Slurm knows of no GPUs in {name}: set cluster.slurm.partition to one with GPUs, or "
            f"cluster.slurm.gpu_option=none where it does not count them"
        )
        return
    there = sorted({f"{gpu}:{n}" if gpu else str(n) for kind in kinds for gpu, n in kind.gpus})
    if max(kind.gpus_of(demand.gpu_type) for kind in kinds) < demand.gpus:
        wanted = f"{demand.gpu_type}:{demand.gpus}" if demand.gpu_type else str(demand.gpus)
        setting = "gpu_type and cluster.gpus_per_node" if demand.gpu_type else "gpus_per_node"
        place = "cluster.slurm." if demand.gpu_type else "cluster."
        yield (
            f"nodes of {name} have {' or '.join(there)} GPUs and the job would ask for {wanted} "
            f"each: set {place}{setting} to match"
        )


def _fits(demand: Demand, kind: NodeKind) -> bool:
    return (
        kind.cpus >= demand.cpus
        and kind.memory_mib >= (demand.memory_gib or 0) * 1024
        and (not demand.gpus or kind.gpus_of(demand.gpu_type) >= demand.gpus)
    )


def _most(of_nodes: Sequence[int], limit: int | None) -> int | None:
    there = [max(of_nodes)] if of_nodes else []
    return min([*there, *([] if limit is None else [limit])], default=None)


def _gpus(gres: str) -> Iterator[tuple[str, int]]:
    """Yield the GPUs in a node's gres, such as gpu:h100:4(S:0-1),nvme:1."""
    for word in re.sub(r"\([^)]*\)", "", gres).split(","):
        name, *rest = word.split(":")
        if name == "gpu":
            count = rest.pop() if rest and rest[-1].isdigit() else "1"
            yield (rest[0] if rest else "", int(count))


def _number(text: str) -> int:
    return int(re.sub(r"\D.*", "", text))


def _limit(text: str) -> int | None:
    return _number(text) if re.match(r"\d", text) else None


def _minutes(text: str) -> int | None:
    """Return Slurm's [days-]hours:minutes:seconds in minutes, rounded down; None for no limit."""
    match = re.fullmatch(r"(?:(\d+)-)?(\d+):(\d+):(\d+)", text)
    if text in _UNLIMITED or match is None:
        return None
    days, hours, minutes, _ = (int(part or 0) for part in match.groups())
    return (days * 24 + hours) * 60 + minutes


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"
