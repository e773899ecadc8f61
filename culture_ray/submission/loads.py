"""What the models of a run ask of a cluster, from the plan."""

from __future__ import annotations

from culture_ray.engines.model import Model
from culture_ray.plan.plan import PlanRow, plan_of
from culture_ray.settings.run import Settings
from culture_ray.submission.sizing import JobLoad


def loads_of(settings: Settings) -> list[JobLoad]:
    """Return one load per stage and model of a run; raises UserError for what would stop it."""
    return [_load(row, _model(settings, row)) for row in plan_of(settings).rows]


def _model(settings: Settings, row: PlanRow) -> Model:
    if row.stage == "elicit":
        return settings.models[row.model]
    return settings.judges[row.model].model


def _load(row: PlanRow, model: Model) -> JobLoad:
    busy = row.estimate.busy_s
    return JobLoad(
        name=row.model,
        gpus_per_replica=row.estimate.gpus,
        cpus_per_replica=model.cpus_per_replica,
        memory_gib=(model.memory_gib or 0.0) if model.engine == "vllm" else 0.0,
        hours=None if busy is None else busy / 3600,
        load_hours=row.estimate.load_s / 3600,
    )
