"""What the models of a run ask of a cluster, from the plan."""

from __future__ import annotations

from culture_ray.engines.model import Model
from culture_ray.stages.settings import Settings
from culture_ray.submission.sizing import Load


def loads_of(settings: Settings) -> list[Load]:
    """Return one load per model and judge of a run; a judge that is one of its models is one."""
    models = dict(settings.models)
    for name, judge in settings.judges.items():
        if judge.model not in models.values():
            models[f"judge {name}"] = judge.model
    return [_load(name, model) for name, model in models.items()]


def _load(name: str, model: Model) -> Load:
    local = model.engine == "vllm"
    return Load(
        name=name,
        gpus_per_replica=model.gpus_per_replica if local else 0,
        cpus_per_replica=model.cpus_per_replica,
        memory_gib=(model.memory_gib or 0.0) if local else 0.0,
        hours=None,
    )
