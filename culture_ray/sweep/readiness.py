"""Whether a model can run on a cluster at all, found out before anything is loaded."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping

from culture_ray.engines.model import Model
from culture_ray.errors import MissingExtra, ModelDoesNotFit, NeedsGpu
from culture_ray.sweep.policy import Resources


def check_installed(models: Mapping[str, Model]) -> None:
    """Raise MissingKey for API models without a key, MissingExtra where vLLM is not installed."""
    for name, model in models.items():
        if model.is_api:
            model.api.key(name)
        elif importlib.util.find_spec("vllm") is None:
            raise MissingExtra(f"model {name}", "gpu" if model.gpus_per_replica else "cpu")


def check_placeable(name: str, need: Resources, total: Resources) -> None:
    """Raise NeedsGpu or ModelDoesNotFit for a model that the whole cluster has no place for."""
    if need.gpus > total.gpus:
        raise NeedsGpu(
            f"model {name} needs {need.gpus:g} GPU{'s' * (need.gpus != 1)}, the cluster has "
            f"{total.gpus:g}: choose another cluster=..., or a model that runs on CPUs such as "
            f"gemma_3_270m"
        )
    if need.memory_gib > total.memory_gib:
        raise ModelDoesNotFit(
            f"model {name} needs {need.memory_gib:.1f} GiB of memory, the cluster has "
            f"{total.memory_gib:.1f} GiB: choose a smaller model or a larger machine"
        )
    if need.cpus > total.cpus:
        raise ModelDoesNotFit(
            f"model {name} asks for {need.cpus:g} CPU cores per replica, the cluster has "
            f"{total.cpus:g}: lower model.{name}.cpus_per_replica"
        )
