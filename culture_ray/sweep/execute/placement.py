"""Resources of replicas: what they need, what the policy knows of them, where Ray puts them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from culture_ray.engines.model import Model
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.nodes import Place
from culture_ray.sweep.schedule.records import ModelSpec


def need(model: Model) -> Resources:
    """Return the resources of one replica of a model; memory only for models on CPUs."""
    if model.is_api:
        return Resources()
    gpus = model.gpus_per_replica
    if gpus:
        # In a group of several GPUs each of them has a core beside it.
        return Resources(
            gpus, max(gpus, model.cpus_per_replica) if gpus > 1 else model.cpus_per_replica
        )
    return Resources(cpus=model.cpus_per_replica, memory_gib=model.memory_gib or 0.0)


def spec_of(
    name: str, model: Model, cluster: Cluster | None = None, rate: float | None = None
) -> ModelSpec:
    """Return the policy's estimates for a model, which it corrects as the model runs.

    They are a plan's where there is one: `rate` in output tokens per second of a replica on GPUs,
    and the cluster's times to start an engine and to read weights. Otherwise weights are read at
    half a GiB per second, and the tokens per second are those of a memory-bound decoder at a good
    batch size, which fall with the size of the model.
    """
    api = model.is_api
    gpus = max(model.gpus_per_replica, 1)
    load_s = 20.0 + 2.0 * (model.weight_gib or 0.0) / gpus
    tokens_per_s = 2.7e13 * gpus / (model.parameters or 1e10)
    if model.gpus_per_replica and cluster is not None and rate is not None:
        load_s = cluster.start_s + (model.weight_gib or 0.0) / cluster.read_gib_s
        tokens_per_s = rate
    return ModelSpec(
        name=name,
        need=need(model),
        in_flight=model.at_once,
        load_s=0.0 if api else load_s,
        tokens_per_s=tokens_per_s if model.gpus_per_replica or api else min(tokens_per_s, 300.0),
        max_replicas=model.replicas_at_most,
        copies=not api,  # the requests of a copy would be paid for twice
        limited_outside=api,
    )


def gpu_share(model: Model) -> float:
    """Return the share of its GPUs' memory that has to be free before a model loads."""
    if not model.gpus_per_replica:
        return 0.0
    return float(model.engine_args.get("gpu_memory_utilization", 0.9))


def cluster_resources(total: Mapping[str, float]) -> Resources:
    """Convert Ray's resources (GPU, CPU, memory in bytes)."""
    return Resources(
        gpus=total.get("GPU", 0.0),
        cpus=total.get("CPU", 0.0),
        memory_gib=total.get("memory", 0.0) / 2**30,
    )


def environment(model: Model) -> dict[str, str]:
    """Return the environment variables of a replica, with the names in braces filled in."""
    cpus = sorted(os.sched_getaffinity(0))
    names = {"prefix": sys.prefix, "cpus": ",".join(map(str, cpus)), "cores": len(cpus)}
    return {key: value.format(**names) for key, value in model.env.items()} | {
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "VLLM_NO_USAGE_STATS": "1",
    }


def actor_options(ray: Any, places: Sequence[Place], model: Model) -> tuple[dict[str, Any], Any]:
    """Return the options that put an actor on its places, and its placement group if it has one.

    A replica on several GPUs gets a group with one bundle per GPU, which its engine's workers use.
    """
    from ray.util.scheduling_strategies import (
        NodeAffinitySchedulingStrategy,
        PlacementGroupSchedulingStrategy,
    )

    needed = need(model)
    if model.gpus_per_replica <= 1:
        affinity = NodeAffinitySchedulingStrategy(places[0].node, soft=False)
        memory = int(needed.memory_gib * 2**30) or None
        options = {"num_gpus": needed.gpus, "num_cpus": needed.cpus, "memory": memory}
        return options | {"scheduling_strategy": affinity}, None
    bundle = {"GPU": 1.0, "CPU": needed.cpus / model.gpus_per_replica}
    nodes = [place.node for place in places for _ in range(int(place.takes.gpus))]
    group = ray.util.placement_group(
        [bundle] * model.gpus_per_replica,
        strategy="PACK",
        bundle_label_selector=[{"ray.io/node-id": node} for node in nodes],
    )
    strategy = PlacementGroupSchedulingStrategy(group, placement_group_capture_child_tasks=True)
    return {"num_gpus": 0, "num_cpus": 0, "scheduling_strategy": strategy}, group
