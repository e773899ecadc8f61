"""What a sweep will take, from the shapes of its models alone; no weights and no GPU are needed.

Once a run goes, what it measures takes the place of what was planned: `seconds_left`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from culture_ray.engines.model import Model
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.roofline import EngineLoad, Roof, best, roof, roofs

PROBE = 64
"""Responses of a model after which a run trusts its own figures more than the plan's."""


@dataclass(frozen=True)
class Estimate:
    """One model's part of a sweep."""

    requests: int
    prompt_tokens: float
    output_tokens: float
    """At most: every response as long as it may be."""
    parameters: float | None
    weights_gib: float | None
    """None for API models."""
    hardware: str
    gpus: int
    """GPUs of one replica; 0 for what runs on none."""
    smallest: int | None
    """Fewest GPUs that one replica fits on, None when it fits on none or its size is unknown."""
    best: int | None
    """GPUs of one replica with most tokens per second and GPU, among those of the cluster."""
    limit: float | None
    """Output tokens per second of one replica, physically."""
    expected: float | None
    """The same as it is reckoned with."""
    load_s: float
    """Seconds until one replica is loaded."""
    most_replicas: int
    """More have no use, or no place: 0 when the cluster is too small for one."""

    @property
    def busy_s(self) -> float | None:
        """Return the seconds one replica takes for all requests, without loading."""
        return None if self.expected is None else self.output_tokens / self.expected


def estimate(
    model: Model,
    requests: int,
    prompt_tokens: float,
    output_tokens: float,
    cluster: Cluster,
    samples: int = 1,
) -> Estimate:
    """Return what `requests` requests of a model take on a cluster.

    `prompt_tokens` and `output_tokens` are totals over the requests; `samples` is how many of them
    share a prompt.
    """
    asked = max(requests, 1)
    load = EngineLoad(prompt_tokens / asked, output_tokens / asked, samples)
    found = roofs(model, cluster.card, load) if model.gpus_per_replica else []
    mine = roof(model, cluster.card, load, model.gpus_per_replica) if found else None
    chosen = best(placeable(found, cluster))
    limit = mine.tokens_per_s if mine else None
    return Estimate(
        requests=requests,
        prompt_tokens=prompt_tokens,
        output_tokens=output_tokens,
        parameters=model.parameters,
        weights_gib=model.weight_gib,
        hardware=_hardware(model, found, cluster),
        gpus=model.gpus_per_replica,
        smallest=found[0].gpus if found else None,
        best=chosen.gpus if chosen else None,
        limit=limit,
        expected=model.tokens_per_s or (limit * cluster.efficiency if limit else None),
        load_s=cluster.start_s + (model.weight_gib or 0.0) / cluster.read_gib_s,
        most_replicas=_most_replicas(model, requests, mine, cluster),
    )


def placeable(found: Sequence[Roof], cluster: Cluster) -> list[Roof]:
    """Return the roofs of sizes within a node; where none fits there, those within the cluster."""
    within = [one for one in found if one.gpus <= cluster.gpus_per_node]
    return within or [one for one in found if one.gpus <= cluster.gpus]


def replicas(parts: Sequence[Estimate], cluster: Cluster) -> list[int]:
    """Return how many replicas each part of a stage gets when its GPUs are dealt out.

    The part with most work per replica gets the next one, as long as loading it is worth its while.
    A part that has to wait for a place has one.
    """
    dealt = [min(1, part.most_replicas) for part in parts]
    free = cluster.gpus - sum(part.gpus * count for part, count in zip(parts, dealt, strict=True))
    while True:
        able = [
            (part.busy_s / dealt[index], -index)
            for index, part in enumerate(parts)
            if part.gpus
            and part.busy_s
            and part.gpus <= free
            and dealt[index] < part.most_replicas
            and part.busy_s / (dealt[index] + 1) > part.load_s
        ]
        if not able:
            return dealt
        index = -max(able)[1]
        dealt[index] += 1
        free -= parts[index].gpus


def gpu_seconds(part: Estimate, count: int) -> float | None:
    """Return the GPU time of a part on `count` replicas, loading them included."""
    if part.busy_s is None or not part.gpus:
        return None
    return part.gpus * (part.busy_s + part.load_s * count)


def wall_seconds(parts: Sequence[Estimate], dealt: Sequence[int], cluster: Cluster) -> float:
    """Return how long a stage takes at least: its longest part, or all GPU time over all GPUs.

    Parts whose rate is not known count nothing.
    """
    longest, used = 0.0, 0.0
    for part, count in zip(parts, dealt, strict=True):
        if part.busy_s is not None and count:
            longest = max(longest, part.load_s + part.busy_s / count)
            used += gpu_seconds(part, count) or 0.0
    return max(longest, used / cluster.gpus if cluster.gpus else 0.0)


@dataclass(frozen=True)
class MeasuredRate:
    """What a run has measured of one model so far."""

    seconds: float
    """Since its first replica was ready."""
    responses: int
    output_tokens: int
    in_flight: int = 0
    """Requests that engines have in hand now."""


def seconds_left(
    left: int, mean_output: float, rate: float | None, seen: MeasuredRate
) -> float | None:
    """Return the seconds that `left` requests still take; None when nothing is known.

    Until PROBE responses are there the plan's `mean_output` (tokens of one response) and `rate`
    (output tokens per second of all replicas) count; from then on the run's own, which the first
    responses alone would put too low: the short ones come back first. But no plan holds against an
    engine that has had requests in hand for long: what is left takes as many times as long as it
    is more.
    """
    if seen.responses >= PROBE and seen.output_tokens and seen.seconds > 0:
        return left * seen.seconds / seen.responses
    if rate is None or rate <= 0:
        return left * seen.seconds / seen.responses if seen.responses else None
    sent = seen.responses + seen.in_flight
    return max(left * mean_output / rate, left * seen.seconds / sent if sent else 0.0)


def _most_replicas(model: Model, requests: int, mine: Roof | None, cluster: Cluster) -> int:
    useful = max(1, math.ceil(requests / (mine.sequences if mine else model.in_flight)))
    if cluster.max_replicas is not None:
        useful = min(useful, cluster.max_replicas)
    if not model.gpus_per_replica:
        return min(useful, 1)
    fits = mine is not None or model.weight_gib is None or model.architecture is None
    return min(useful, cluster.gpus // model.gpus_per_replica) if fits else 0


def _hardware(model: Model, found: Sequence[Roof], cluster: Cluster) -> str:
    if model.is_api:
        return "an API key"
    if not model.gpus_per_replica:
        memory = f", {model.memory_gib:g} GiB" if model.memory_gib else ""
        return f"{model.cpus_per_replica} cores{memory}"
    asked = f"{model.gpus_per_replica} GPU, {cluster.card.memory_gib:.0f} GiB"
    if model.architecture is None or model.weight_gib is None:
        return f"{asked}, if it fits: no size stated"
    if not found:
        return f"{asked}; fits on no number of these GPUs"
    there = f"; the cluster has {cluster.gpus}"
    if found[0].gpus > model.gpus_per_replica:
        fewest = found[0].gpus
        more = there if fewest > cluster.gpus else ""
        return f"{asked}; does not fit: set gpus_per_replica to {fewest}{more}"
    return asked + (there if model.gpus_per_replica > cluster.gpus else "")
