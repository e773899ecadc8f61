"""Loads of a run on a cluster: the hardware and hours of each model's replicas, from its plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from culture_ray.engines.model import Model
from culture_ray.plan.billing import limit_pool
from culture_ray.plan.plan import PlanRow
from culture_ray.settings.judging import Judge
from culture_ray.settings.stages import Stage
from culture_ray.submission.sizing import JobLoad
from culture_ray.sweep.plan.api_time import api_seconds


def loads_of(
    rows: Sequence[PlanRow],
    models: Mapping[str, Model],
    judges: Mapping[str, Judge],
    done: Mapping[tuple[str, str], int] | None = None,
) -> list[JobLoad]:
    """Return one load per row of a plan that has requests left.

    `models` and `judges` are those of the run; `done` counts finished requests by stage and model.
    """
    loads = []
    for row in rows:
        finished = (done or {}).get((row.stage, row.model), 0)
        left = max(0.0, 1 - finished / max(1, row.estimate.requests))
        if not left:
            continue
        if row.stage == Stage.JUDGE:
            judge = judges[row.model]
            loads.append(_load(row, judge.model, left, judge.share))
        else:
            loads.append(_load(row, models[row.model], left))
    return loads


def asked_together(
    loads: Sequence[JobLoad], models: Mapping[str, Model], judges: Mapping[str, Judge]
) -> list[list[Model]]:
    """Return the models of loads in groups that are asked at the same time, one after the other.

    All that answer are one group, and every judge is one. `models` and `judges` are the run's.
    """
    answering = {load.name for load in loads if load.stage != Stage.JUDGE}
    judging = {load.name for load in loads if load.stage == Stage.JUDGE}
    together = [[models[name] for name in sorted(answering)]]
    return together + [[judges[name].model] for name in sorted(judging)]


def _load(row: PlanRow, model: Model, left: float, sampled: float = 1.0) -> JobLoad:
    """Return the load of a row; a judge sends requests for the share `sampled` of its rows."""
    estimate = row.estimate
    if model.is_api:
        requests = round(estimate.requests * sampled)
        seconds = api_seconds(model, requests, estimate.prompt_tokens, estimate.output_tokens)
    else:
        seconds = estimate.busy_s
    return JobLoad(
        name=row.model,
        gpus_per_replica=0 if model.is_api else estimate.gpus,
        cpus_per_replica=model.cpus_per_replica,
        memory_gib=(model.memory_gib or 0.0) if model.engine == "vllm" else 0.0,
        hours=None if seconds is None else left * seconds / 3600,
        load_hours=0.0 if model.is_api else estimate.load_s / 3600,
        stage=row.stage,
        pool=limit_pool(model) if model.is_api else None,
    )
