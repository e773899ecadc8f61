"""Estimates of a sweep's time and hardware from the shapes of its models, without any GPU.

Once a run has measured rates, they replace the planned ones (`seconds_left`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from culture_ray.engines.model import Model
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.roofline import EngineLoad, Roof, best_roof, roof, roofs

PROBE = 64
"""Responses of a model from which on a run's own rate is used instead of the plan's."""


@dataclass(frozen=True)
class Estimate:
    """Estimate of one model's part of a sweep: size, hardware, rates, time to load."""

    requests: int
    prompt_tokens: float
    output_tokens: float
    """Upper limit: every response of the maximum length."""
    parameters: float | None
    weights_gib: float | None
    """None for API models."""
    hardware: str
    gpus: int
    """GPUs of one replica; 0 for API models and models on CPUs."""
    smallest: int | None
    """Fewest GPUs that one replica fits on; None if it fits on none, or its size is unknown."""
    best: int | None
    """Fewest GPUs of one replica with nearly the most tokens per second and GPU on the cluster."""
    limit: float | None
    """Physical limit of the output tokens per second of one replica."""
    expected: float | None
    """Expected output tokens per second of one replica."""
    load_s: float
    """Seconds until one replica is loaded."""
    most_replicas: int
    """Most replicas that are useful and fit; 0 if the cluster is too small for one."""

    @property
    def busy_s(self) -> float | None:
        """Return the seconds that one replica takes for all requests, without loading."""
        return None if self.expected is None else self.output_tokens / self.expected


def estimate(
    model: Model,
    requests: int,
    prompt_tokens: float,
    output_tokens: float,
    cluster: Cluster,
    samples: int = 1,
) -> Estimate:
    """Estimate the time and hardware of `requests` requests of a model on a cluster.

    `prompt_tokens` and `output_tokens` are totals over the requests; `samples` is how many of them
    share a prompt.
    """
    count = max(requests, 1)
    load = EngineLoad(prompt_tokens / count, output_tokens / count, samples)
    found = roofs(model, cluster.card, load) if model.gpus_per_replica else []
    own = roof(model, cluster.card, load, model.gpus_per_replica) if found else None
    chosen = best_roof(placeable(found, cluster))
    limit = own.tokens_per_s if own else None
    return Estimate(
        requests=requests,
        prompt_tokens=prompt_tokens,
        output_tokens=output_tokens,
        parameters=model.parameters,
        weights_gib=model.weight_gib,
        hardware=_hardware(model, found, cluster),
        gpus=0 if model.is_api else model.gpus_per_replica,
        smallest=found[0].gpus if found else None,
        best=chosen.gpus if chosen else None,
        limit=limit,
        expected=model.tokens_per_s or (limit * cluster.efficiency if limit else None),
        load_s=cluster.start_s + (model.weight_gib or 0.0) / cluster.read_gib_s,
        most_replicas=_most_replicas(model, requests, own, cluster),
    )


def placeable(found: Sequence[Roof], cluster: Cluster) -> list[Roof]:
    """Return the limits at sizes within a node; if there are none, those within the cluster."""
    within = [limit for limit in found if limit.gpus <= cluster.gpus_per_node]
    return within or [limit for limit in found if limit.gpus <= cluster.gpus]


def allocate_replicas(parts: Sequence[Estimate], cluster: Cluster) -> list[int]:
    """Return the number of replicas of each part of a stage when the cluster's GPUs are shared.

    The part with most work per replica gets the next one, as long as that saves more time than it
    takes to load. A part that has to wait for a place has one.
    """
    counts = [min(1, part.most_replicas) for part in parts]
    free = cluster.gpus - sum(part.gpus * count for part, count in zip(parts, counts, strict=True))
    while True:
        candidates = [
            (part.busy_s / counts[index], -index)
            for index, part in enumerate(parts)
            if part.gpus
            and part.busy_s
            and part.gpus <= free
            and counts[index] < part.most_replicas
            and part.busy_s / (counts[index] + 1) > part.load_s
        ]
        if not candidates:
            return counts
        index = -max(candidates)[1]
        counts[index] += 1
        free -= parts[index].gpus


def gpu_seconds(part: Estimate, count: int) -> float | None:
    """Return the GPU time of a part on `count` replicas, with loading included."""
    if part.busy_s is None or not part.gpus:
        return None
    return part.gpus * (part.busy_s + part.load_s * count)


def wall_seconds(parts: Sequence[Estimate], counts: Sequence[int], cluster: Cluster) -> float:
    """Return the least seconds of a stage on `counts` replicas of its parts.

    That is the time of its longest part, or its GPU time over all GPUs if longer. Parts with an
    unknown rate are not counted.
    """
    longest, used = 0.0, 0.0
    for part, count in zip(parts, counts, strict=True):
        if part.busy_s is not None and count:
            longest = max(longest, part.load_s + part.busy_s / count)
            used += gpu_seconds(part, count) or 0.0
    return max(longest, used / cluster.gpus if cluster.gpus else 0.0)


@dataclass(frozen=True)
class MeasuredRate:
    """Measurements of one model in a running sweep."""

    seconds: float
    """Seconds since its first replica was ready."""
    responses: int
    output_tokens: int
    in_flight: int = 0
    """Requests in engines now."""


def seconds_left(
    left: int, mean_output: float, rate: float | None, measured: MeasuredRate
) -> float | None:
    """Return the seconds that `left` requests still take; None if nothing is known.

    Up to PROBE responses, the plan's `mean_output` (tokens of one response) and `rate` (output
    tokens per second of all replicas) are used, then the run's own rate; the first responses alone
    would give too little time, as short ones come back first. The plan's time is raised where the
    requests sent so far, finished or not, have already taken longer in proportion.
    """
    if measured.responses >= PROBE and measured.output_tokens and measured.seconds > 0:
        return left * measured.seconds / measured.responses
    if rate is None or rate <= 0:
        return left * measured.seconds / measured.responses if measured.responses else None
    sent = measured.responses + measured.in_flight
    return max(left * mean_output / rate, left * measured.seconds / sent if sent else 0.0)


def _most_replicas(model: Model, requests: int, own: Roof | None, cluster: Cluster) -> int:
    useful = max(1, math.ceil(requests / (own.sequences if own else model.in_flight)))
    if cluster.max_replicas is not None:
        useful = min(useful, cluster.max_replicas)
    if model.is_api or not model.gpus_per_replica:
        return min(useful, 1)
    fits = own is not None or model.weight_gib is None or model.architecture is None
    return min(useful, cluster.gpus // model.gpus_per_replica) if fits else 0


def _hardware(model: Model, found: Sequence[Roof], cluster: Cluster) -> str:
    if model.is_api:
        return "an API key" if model.api.key_variables else "its server"
    if not model.gpus_per_replica:
        memory = f", {model.memory_gib:g} GiB" if model.memory_gib else ""
        return f"{model.cpus_per_replica} cores{memory}"
    needed = f"{model.gpus_per_replica} GPU, {cluster.card.memory_gib:.0f} GiB"
    if model.architecture is None or model.weight_gib is None:
        return f"{needed}, if it fits: no size stated"
    if not found:
        return f"{needed}; does not fit on any number of these GPUs"
    too_few = f"; the cluster has {cluster.gpus}"
    if found[0].gpus > model.gpus_per_replica:
        fewest = found[0].gpus
        more = too_few if fewest > cluster.gpus else ""
        return f"{needed}; does not fit: set gpus_per_replica to {fewest}{more}"
    return needed + (too_few if model.gpus_per_replica > cluster.gpus else "")
