"""Check of a job against the partitions that it would be submitted to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from culture_ray.errors import JobTooSmall, NoSlurm, SlurmRefused
from culture_ray.submission.options import Options
from culture_ray.submission.slurm.command import cluster_flag, run_slurm
from culture_ray.submission.slurm.partition import Demand, Partition, parsed_partitions, problem_of

_MIB = {"K": 1 / 1024, "M": 1.0, "G": 1024.0, "T": 1024.0**2}
"""MiB per unit of Slurm's sizes of memory; without a unit they are MiB."""


def partitions_here(clusters: str | None = None) -> list[Partition]:
    """Return the partitions of a cluster, by default the local one.

    Empty where Slurm cannot be asked, and for a choice of several clusters.
    """
    if clusters is not None and not re.fullmatch(r"[\w.-]+", clusters):
        return []
    flag = cluster_flag(clusters, None)
    try:
        told = run_slurm(["scontrol", *flag, "-a", "-o", "show", "partition"])
        nodes = run_slurm(["sinfo", *flag, "-a", "-h", "-e", "-o", "%R|%D|%c|%m|%G"])
    except (NoSlurm, SlurmRefused):
        return []
    return parsed_partitions(told, nodes)


def check_partitions(parts: Sequence[Options], there: Sequence[Partition]) -> Iterator[str]:
    """Yield a line for each thing that keeps a job waiting; `parts` are the options of its parts.

    Raises JobTooSmall, which names the setting, if no partition that a part names can run it.
    Partitions that Slurm does not list are left to its own words.
    """
    for options in parts:
        named = [name for name in options.get("partition", "").split(",") if name]
        chosen = [p for p in there if p.name in named or (not named and p.default)]
        demand, limited = demand_of(options), "qos" not in options
        if not chosen or len(chosen) < len(named):
            continue
        problems = [problem_of(demand, partition, limited=limited) for partition in chosen]
        if all(problems):
            raise JobTooSmall(str(problems[0]))
        if all(partition.state == "DOWN" for partition in chosen):
            yield from _down(chosen, there, bool(named))


def demand_of(options: Options) -> Demand:
    """Return the demand of one part's options on nodes, as far as it can be counted."""
    nodes = max(1, _count(options.get("nodes", "1")))
    kind, gpus = _gpus(options, nodes)
    tasks = options.get("ntasks-per-node", "1")
    size = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?)B?", options.get("mem", ""), re.IGNORECASE)
    return Demand(
        nodes=nodes,
        cpus=_count(options.get("cpus-per-task", "1")) * max(1, _count(tasks)),
        minutes=_count(options.get("time", "0")),
        memory_gib=float(size[1]) * _MIB[size[2].upper() or "M"] / 1024 if size else None,
        gpus=gpus,
        gpu_type=kind or None,
    )


def _gpus(options: Options, nodes: int) -> tuple[str, int]:
    """Return the type and the number of GPUs per node, in whichever way they are requested."""
    gres = re.search(r"(?:^|,)gpu:([^,]+)", options.get("gres", ""))
    per_node = options.get("gpus-per-node") or (gres[1] if gres else "")
    kind, _, count = (per_node or options.get("gpus", "")).rpartition(":")
    return kind, -(-_count(count) // (1 if per_node else nodes))


def _count(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _down(chosen: Sequence[Partition], there: Sequence[Partition], named: bool) -> Iterator[str]:
    name = ", ".join(partition.name for partition in chosen)
    if named:
        yield f"partition {name} is down: the job waits until it is up"
        return
    up = ", ".join(partition.name for partition in there if partition.state == "UP")
    raise JobTooSmall(
        f"the default partition, {name}, is down: set cluster.slurm.partition "
        f"({f'{up}: up now' if up else 'none is up now'})"
    )
