"""What a replica takes and what it runs in, in the words of the policy."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from culture_ray.engines.model import Model
from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.records import ModelSpec


def need(model: Model) -> Resources:
    """Return what one replica of a model takes; CPU models also take memory."""
    if model.is_api:
        return Resources()
    gpus = model.gpus_per_replica
    if gpus:
        # In a group of several GPUs every one of them has a core beside it.
        return Resources(
            gpus, max(gpus, model.cpus_per_replica) if gpus > 1 else model.cpus_per_replica
        )
    return Resources(cpus=model.cpus_per_replica, memory_gib=model.memory_gib or 0.0)


def spec_of(name: str, model: Model) -> ModelSpec:
    """Return what the policy believes of a model before it runs; it learns better as it does.

    Loading is reading the weights at half a GiB per second; the pace that of a memory-bound decoder
    at a good batch, which falls with the size of the model. Both only order the first decisions.
    """
    api = model.is_api
    gpus = max(model.gpus_per_replica, 1)
    load_s = 20.0 + 2.0 * (model.weight_gib or 0.0) / gpus
    pace = 2.7e13 * gpus / (model.parameters or 1e10)
    return ModelSpec(
        name=name,
        need=need(model),
        in_flight=model.at_once,
        load_s=0.0 if api else load_s,
        tokens_per_s=pace if model.gpus_per_replica or api else min(pace, 300.0),
        most_replicas=model.replicas_at_most,
        copies=not api,  # what a copy asks costs a second time
    )


def gpu_share(model: Model) -> float:
    """Return the share of its GPUs' memory that has to be free before a model loads."""
    if not model.gpus_per_replica:
        return 0.0
    return float(model.engine_args.get("gpu_memory_utilization", 0.9))


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
