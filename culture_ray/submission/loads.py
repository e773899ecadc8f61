"""Loads of a run on a cluster: the hardware and hours of each model's replicas, from its plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from culture_ray.engines.model import Model
from culture_ray.plan.plan import PlanRow
from culture_ray.settings.judging import Judge
from culture_ray.submission.sizing import JobLoad


def loads_of(
    rows: Sequence[PlanRow], models: Mapping[str, Model], judges: Mapping[str, Judge]
) -> list[JobLoad]:
    """Return one load per row of a plan; `models` and `judges` are those of the run."""
    return [
        _load(row, judges[row.model].model if row.stage == "judge" else models[row.model])
        for row in rows
    ]


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
