"""Clusters that sweeps can be planned and submitted for: GPUs, nodes, and limits of a job."""

from __future__ import annotations

from dataclasses import dataclass

from culture_ray.cli.commands.lists.listing import ListColumn, Listing, contains
from culture_ray.config.build import convert
from culture_ray.config.files import files_of
from culture_ray.config.known_names import cluster_files, file_text, merged
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import cluster_from


@dataclass(frozen=True)
class ListedCluster:
    """One cluster."""

    cluster: str
    gpu: str | None
    """Kind of its GPUs; None without GPUs."""
    gpu_memory_gib: float | None
    nodes: int
    gpus_per_node: int
    slurm: bool
    """True if sweeps can be submitted to it."""
    hours: float | None
    """Longest time of one job."""
    about: str
    """Sentence at the head of its file."""


_COLUMNS = (
    ListColumn("cluster", lambda row: row.cluster),
    ListColumn(
        "GPUs", lambda row: f"{row.nodes} x {row.gpus_per_node} {row.gpu}" if row.gpu else "none"
    ),
    ListColumn("GiB", lambda row: _gib(row.gpu_memory_gib), right=True),
    ListColumn("job h", lambda row: "-" if row.hours is None else f"{row.hours:g}", right=True),
    ListColumn("about", lambda row: row.about, wraps=True),
)


def listing(content: Content) -> Listing:
    """Return the clusters that the filters keep, by name."""
    name, gpu = (convert(str | None, content[key], key) for key in ("name", "gpu"))
    slurm = convert(bool | None, content["slurm"], "slurm")
    files = cluster_files()
    rows = [_row(cluster, merged(files, cluster)) for cluster in files]
    kept = [
        row
        for row in rows
        if contains(name, row.cluster, row.about)
        and (gpu is None or contains(gpu, row.gpu or ""))
        and slurm in (None, row.slurm)
    ]
    return Listing(
        kept, _COLUMNS, len(rows), "cluster", "",
        ("GPUs: nodes x GPUs per node; a site's file says what to set before the first job",),
    )  # fmt: skip


def _row(name: str, entry: object) -> ListedCluster:
    cluster = cluster_from({"cluster": entry})
    has = cluster.gpus > 0
    limit = cluster.slurm.time_limit_hours if cluster.slurm else None
    return ListedCluster(
        cluster=name,
        gpu=cluster.gpu.name if has else None,
        gpu_memory_gib=cluster.card.memory_gib if has else None,
        nodes=cluster.nodes,
        gpus_per_node=cluster.gpus_per_node,
        slurm=cluster.slurm is not None,
        hours=limit,
        about=_about(name),
    )


def _gib(memory: float | None) -> str:
    return "-" if memory is None else f"{memory:.0f}"


def _about(name: str) -> str:
    """Return the first comment line of a cluster's file that is not Hydra's."""
    for line in file_text(files_of("cluster")[name]).splitlines():
        if line.startswith("# ") and not line.startswith("# @package"):
            return line.removeprefix("# ").split(". ")[0].rstrip(".")
    return ""
