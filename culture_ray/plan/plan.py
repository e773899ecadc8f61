"""The plan of a run: per stage and model, requests, tokens, hardware, rates and time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from culture_ray.plan.plan_notices import notices_of
from culture_ray.plan.requests import RequestPlan, request_plan, samples_of
from culture_ray.plan.workload import Part, described, parts_of
from culture_ray.run.ground_truth import ground_truth_of
from culture_ray.settings.run import Settings
from culture_ray.survey.capability import read_capability
from culture_ray.sweep.plan.estimate import (
    Estimate,
    estimate,
    gpu_seconds,
    replicas,
    wall_seconds,
)


@dataclass(frozen=True)
class PlanRow:
    """One line of the plan."""

    stage: str
    model: str
    estimate: Estimate
    replicas: int = 0
    gpu_hours: float | None = None
    """Loading included; None for models without a GPU, and where no rate is known."""


@dataclass(frozen=True)
class ProtocolPlan:
    """What one protocol asks of each model in each language."""

    protocol: str
    prompts: int
    samples: int
    """Responses per prompt."""
    countries: tuple[str, ...]
    """With a persona from each of which every prompt is asked."""
    per_topic: Mapping[str, int]
    """Requests by topic, for one country."""


@dataclass(frozen=True)
class Plan:
    """What a run would do."""

    rows: tuple[PlanRow, ...]
    protocols: tuple[ProtocolPlan, ...]
    """The main one first."""
    wall_s: float
    """All stages one after the other on the cluster; models asked through an API not counted."""
    notices: tuple[str, ...]


def plan_of(settings: Settings) -> Plan:
    """Return the plan of a run; raises UserError for what would stop it, writes nothing."""
    plan = request_plan(settings)
    ground_truth_of(settings)
    read_capability(settings.capability_table)
    notices: list[str] = []
    parts = parts_of(described(settings, notices), plan)
    rows: list[PlanRow] = []
    wall = 0.0
    for _, stage in groupby(parts, key=lambda part: part.stage):
        made, seconds = _stage(settings, list(stage))
        rows += made
        wall += seconds
    notices += notices_of(settings, plan, parts)
    return Plan(tuple(rows), tuple(_asks(settings, plan)), wall, tuple(notices))


def _asks(settings: Settings, plan: RequestPlan) -> Iterator[ProtocolPlan]:
    language = next(iter(settings.languages))
    for protocol in settings.protocol_order:
        design = plan.designs[protocol, language]
        samples = samples_of(settings, protocol)
        countries = settings.protocols[protocol].countries
        yield ProtocolPlan(protocol, len(design) // samples, samples, countries, design.per_topic())


def paces(settings: Settings, plan: RequestPlan) -> Iterator[tuple[str, str, float, float | None]]:
    """Yield what a run's progress reckons with until it has figures of its own.

    (stage, model or judge, output tokens of one response, output tokens/s of all replicas).
    """
    parts = parts_of(described(settings, []), plan)
    for _, stage in groupby(parts, key=lambda part: part.stage):
        for row in _stage(settings, list(stage))[0]:
            one = row.estimate
            rate = None if one.expected is None else one.expected * max(1, row.replicas)
            yield row.stage, row.model, one.output_tokens / max(1, one.requests), rate


def with_gpus_chosen(settings: Settings, plan: RequestPlan) -> Settings:
    """Return the settings with `gpus_per_replica` of every model that leaves it to the roofline.

    Raises ModelFilesMissing where a shape is not known, ModelDoesNotFit where no size fits, and
    WrongValue for a size that is set and does not divide the heads.
    """
    judged = [judge.model for judge in settings.judges.values()]
    if not any(
        m.choose_gpus or m.gpus_per_replica > 1 for m in (*settings.models.values(), *judged)
    ):
        return settings
    parts = parts_of(described(settings, []), plan)
    gpus = {(part.stage, part.name): part.model.gpus_per_replica for part in parts}
    models = {
        name: replace(model, gpus_per_replica=gpus["elicit", name])
        for name, model in settings.models.items()
    }
    judges = {}
    for name, judge in settings.judges.items():
        # A judge that is one of the run's models shares its replicas, so also their size.
        same = [models[one] for one, model in settings.models.items() if model == judge.model]
        size = gpus.get(("judge", name), judge.model.gpus_per_replica)
        own = replace(judge.model, gpus_per_replica=size)
        judges[name] = replace(judge, model=same[0] if same else own)
    return replace(settings, models=models, judges=judges)


def _stage(settings: Settings, parts: list[Part]) -> tuple[list[PlanRow], float]:
    estimates = [
        estimate(
            part.model,
            part.requests,
            part.prompt_tokens,
            part.output_tokens,
            settings.cluster,
            settings.design.samples if part.stage == "elicit" else 1,
        )
        for part in parts
    ]
    dealt = replicas(estimates, settings.cluster)
    rows = []
    for part, one, count in zip(parts, estimates, dealt, strict=True):
        spent = gpu_seconds(one, count)
        hours = None if spent is None else spent / 3600
        rows.append(PlanRow(part.stage, part.name, one, count, hours))
    return rows, wall_seconds(estimates, dealt, settings.cluster)
