"""Advice on Slurm's refusals: the setting to change, by what Slurm says."""

from __future__ import annotations

import re

_ADVICE = (
    (r"unrecognized option|invalid option|ambiguous", "an option in {file} is none of this Slurm's:"
     " change cluster.slurm.options"),
    (r"invalid partition", "set cluster.slurm.partition; `sinfo -s` lists them"),
    (r"partition configuration not available", "the partition is down, or allows less than the job"
     " asks for: `scontrol show partition` tells; set cluster.slurm.partition"),
    (r"invalid account|account/partition", "set cluster.slurm.account, or another partition;"
     " `sacctmgr show associations user=$USER` lists yours"),
    (r"invalid qos", "set cluster.slurm.qos"),
    (r"accounting/qos policy", "the job is larger, or you have more jobs, than your account"
     " or QOS allows: lower cluster.nodes or cluster.slurm.max_jobs, or set cluster.slurm.qos"),
    (r"time limit", "lower cluster.slurm.time_limit_hours"),
    (r"generic resource|\bgres\b|trackable resource", "set cluster.slurm.gpu_type and"
     " cluster.gpus_per_node to what `sinfo -o '%P %G'` lists"),
    (r"memory", "set cluster.slurm.memory_gib_per_node"),
    (r"cpu count|more processors", "lower cluster.slurm.cpus_per_node"),
    (r"node count", "lower cluster.nodes"),
    (r"feature", "change cluster.slurm.options.constraint"),
    (r"requested node configuration", "no node has all that the job asks for: lower"
     " cluster.slurm.cpus_per_node, cluster.slurm.memory_gib_per_node or cluster.gpus_per_node"),
    (r"not permitted|permission denied", "your account may not use this: set"
     " cluster.slurm.partition, cluster.slurm.account or cluster.slurm.qos"),
    (r"no cluster|clusters", "set cluster.slurm.options.clusters; `sacctmgr show clusters` lists"
     " them"),
    (r"unable to contact|timed out|connection|socket", "Slurm's controller does not answer: try"
     " again later"),
)  # fmt: skip
"""Patterns of Slurm's messages, in order, with what to do."""


def advice_on(message: str, file: str) -> str:
    """Return the setting to change after a refusal; `file` is the cluster's configuration."""
    for pattern, advice in _ADVICE:
        if re.search(pattern, message, re.IGNORECASE):
            return advice.format(file=file)
    return f"change {file}, or add what is missing to cluster.slurm.options"
