"""What a replica takes and what it runs in, in the words of the policy."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from culture_ray.engines.model import Model
from culture_ray.sweep.policy import Resources


def need(model: Model) -> Resources:
    """Return what one replica of a model takes; CPU models also take memory."""
    if model.gpus_per_replica:
        return Resources(gpus=model.gpus_per_replica, cpus=model.cpus_per_replica)
    return Resources(cpus=model.cpus_per_replica, memory_gib=model.memory_gib or 0.0)


def cluster_resources(total: Mapping[str, float]) -> Resources:
    """Return what Ray's resources (GPU, CPU, memory in bytes) come to."""
    return Resources(
        gpus=total.get("GPU", 0.0),
        cpus=total.get("CPU", 0.0),
        memory_gib=total.get("memory", 0.0) / 2**30,
    )


def environment(model: Model) -> dict[str, str]:
    """Return the environment variables of a replica; `{prefix}` and `{cpus}` filled in."""
    cores = ",".join(str(core) for core in sorted(os.sched_getaffinity(0)))
    return {
        key: value.format(prefix=sys.prefix, cpus=cores) for key, value in model.env.items()
    } | {"HF_HUB_DISABLE_TELEMETRY": "1", "VLLM_NO_USAGE_STATS": "1"}
