"""The plan of a run: requests, tokens, hardware, rates and time per stage and model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from culture_ray.benchmarks.items.read import Items
from culture_ray.plan.benchmarks.workload import (
    BenchmarkPlan,
    benchmark_notices,
    benchmark_plans,
)
from culture_ray.plan.notices import notices_of
from culture_ray.plan.requests import RequestPlan, samples_of
from culture_ray.plan.workload import Part, Workload
from culture_ray.prompts.factors import varied
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
    """Row of a plan: one stage of one model."""

    stage: str
    model: str
    estimate: Estimate
    replicas: int = 0
    gpu_hours: float | None = None
    """Including the time to load; None for models without a GPU or with an unknown rate."""


@dataclass(frozen=True)
class ProtocolPlan:
    """Requests of one protocol, for each model and language."""

    protocol: str
    prompts: int
    samples: int
    """Responses per prompt."""
    countries: tuple[str, ...]
    """Countries of the personas; every prompt is sent once per country."""
    per_topic: Mapping[str, int]
    """Requests by topic, for one country and one combination of levels."""
    varied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Levels by factor, of the factors that the user has set."""
    variants: int = 1
    """Combinations of levels in which every prompt is asked."""
    profiles: Mapping[str, int] = field(default_factory=dict)
    """Profiles of respondents by language; every prompt is also sent as each of them."""


@dataclass(frozen=True)
class RunPlan:
    """Requests, hardware and time that a run will need."""

    rows: tuple[PlanRow, ...]
    protocols: tuple[ProtocolPlan, ...]
    """The main protocol comes first."""
    wall_s: float
    """Seconds for all stages, one after the other, on the cluster; without models behind an API."""
    notices: tuple[str, ...]
    benchmarks: tuple[BenchmarkPlan, ...] = ()
    refusals: tuple[str, ...] = ()
    """Sentences on why a sweep with these settings would be refused."""


def plan_of(
    settings: Settings,
    requests: RequestPlan,
    workload: Workload,
    today: date,
    benchmarks: Mapping[str, Items] | None = None,
) -> RunPlan:
    """Return the plan of a run as of a day; writes nothing."""
    rows: list[PlanRow] = []
    wall = 0.0
    for _, stage in groupby(workload.parts, key=lambda part: part.stage):
        stage_rows, seconds = _stage(list(stage), settings.design.samples, settings.cluster)
        rows += stage_rows
        wall += seconds
    notices = (
        *workload.notices,
        *notices_of(settings, requests, workload.parts, today),
        *benchmark_notices(benchmarks or {}),
    )
    protocols = tuple(_protocols(settings, requests))
    planned = benchmark_plans(benchmarks or {})
    return RunPlan(tuple(rows), protocols, wall, notices, benchmarks=planned)


def expected_rates(rows: Sequence[PlanRow]) -> Iterator[tuple[str, str, float, float | None]]:
    """Yield the expected rates, which progress is estimated from until a run has measured its own.

    Each is (stage, model or judge, output tokens per response, output tokens/s of all replicas).
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
        yield ProtocolPlan(
            name, prompts, samples, protocol.countries, requests.rows_per_topic(name, language),
            varied(protocol.factors), len(requests.variants_of(name)),
            _profiles(settings.languages if settings.persona else (), requests, name),
        )  # fmt: skip


def _profiles(languages: Iterable[str], requests: RequestPlan, protocol: str) -> dict[str, int]:
    return {code: len(requests.personas_of(protocol, code)) - 1 for code in languages}


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
    replicas = allocate_replicas(estimates, cluster)
    rows = []
    for part, part_estimate, count in zip(parts, estimates, replicas, strict=True):
        seconds = gpu_seconds(part_estimate, count)
        hours = None if seconds is None else seconds / 3600
        rows.append(PlanRow(part.stage, part.name, part_estimate, count, hours))
    return rows, wall_seconds(estimates, replicas, cluster)
