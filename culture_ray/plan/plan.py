"""The plan of a run: requests, tokens, hardware, rates and time per stage and model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from culture_ray.plan.notices import notices_of
from culture_ray.plan.requests import RequestPlan, samples_of
from culture_ray.plan.workload import Part, Workload
from culture_ray.settings.run import Settings
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.estimate import (
    Estimate,
    allocate_replicas,
    estimate,
    gpu_seconds,
    wall_seconds,
)


@dataclass(frozen=True)
class PlanRow:
    """One stage of one model in a plan."""

    stage: str
    model: str
    estimate: Estimate
    replicas: int = 0
    gpu_hours: float | None = None
    """Loading included; None for models without a GPU, and where no rate is known."""


@dataclass(frozen=True)
class ProtocolPlan:
    """The requests of one protocol to each model in each language."""

    protocol: str
    prompts: int
    samples: int
    """Responses per prompt."""
    countries: tuple[str, ...]
    """Countries of the respondents of a persona; every prompt is asked with each of them."""
    per_topic: Mapping[str, int]
    """Requests by topic, for one country."""


@dataclass(frozen=True)
class RunPlan:
    """Requests, hardware and time of a run that is not run yet."""

    rows: tuple[PlanRow, ...]
    protocols: tuple[ProtocolPlan, ...]
    """The main one first."""
    wall_s: float
    """All stages one after the other on the cluster; models behind an API not counted."""
    notices: tuple[str, ...]


def plan_of(settings: Settings, requests: RequestPlan, workload: Workload) -> RunPlan:
    """Return the plan of a run; computes, and writes nothing."""
    rows: list[PlanRow] = []
    wall = 0.0
    for _, stage in groupby(workload.parts, key=lambda part: part.stage):
        made, seconds = _stage(list(stage), settings.design.samples, settings.cluster)
        rows += made
        wall += seconds
    notices = (*workload.notices, *notices_of(settings, requests, workload.parts))
    return RunPlan(tuple(rows), tuple(_protocols(settings, requests)), wall, notices)


def expected_rates(rows: Sequence[PlanRow]) -> Iterator[tuple[str, str, float, float | None]]:
    """Yield the rates that progress is estimated from until a run has measured its own.

    (stage, model or judge, output tokens of one response, output tokens/s of all replicas).
    """
    for row in rows:
        expected = row.estimate.expected
        rate = None if expected is None else expected * max(1, row.replicas)
        yield row.stage, row.model, row.estimate.output_tokens / max(1, row.estimate.requests), rate


def _protocols(settings: Settings, requests: RequestPlan) -> Iterator[ProtocolPlan]:
    language = next(iter(settings.languages))
    for name in settings.protocol_order:
        design, protocol = requests.designs[name, language], settings.protocols[name]
        samples = samples_of(name, protocol, settings.design)
        prompts = len(design) // samples
        yield ProtocolPlan(name, prompts, samples, protocol.countries, design.rows_per_topic())


def _stage(parts: list[Part], samples: int, cluster: Cluster) -> tuple[list[PlanRow], float]:
    estimates = [
        estimate(
            part.model,
            part.requests,
            part.prompt_tokens,
            part.output_tokens,
            cluster,
            samples if part.stage == "elicit" else 1,
        )
        for part in parts
    ]
    dealt = allocate_replicas(estimates, cluster)
    rows = []
    for part, one, count in zip(parts, estimates, dealt, strict=True):
        seconds = gpu_seconds(one, count)
        hours = None if seconds is None else seconds / 3600
        rows.append(PlanRow(part.stage, part.name, one, count, hours))
    return rows, wall_seconds(estimates, dealt, cluster)
