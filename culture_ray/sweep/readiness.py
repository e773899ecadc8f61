"""Whether a model can run on a cluster at all, found out before anything is loaded."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping

from culture_ray.engines.model import Model
from culture_ray.errors import MissingExtra, ModelDoesNotFit, NeedsGpu, NotRunnableYet, WrongValue
from culture_ray.sweep.policy import Resources
from culture_ray.sweep.roofline import tensor_parallel_sizes


def check_installed(models: Mapping[str, Model]) -> None:
    """Raise NotRunnableYet for API models and MissingExtra where vLLM is not installed."""
    for name, model in models.items():
        if model.engine == "openai":
            raise NotRunnableYet(
                f"model {name} is asked through an API; this version plans API models but does "
                f"not run them yet: leave it out of model=[...] and judge=[...], or use "
                f"culture-ray plan"
            )
        if importlib.util.find_spec("vllm") is None:
            raise MissingExtra(f"model {name}", "gpu" if model.gpus_per_replica else "cpu")


def check_divisible(key: str, model: Model) -> None:
    """Raise WrongValue for a tensor-parallel size that the model's heads cannot be divided over."""
    shape = model.architecture
    if shape is None or model.gpus_per_replica <= 1:
        return
    sizes = tensor_parallel_sizes(shape)
    if model.gpus_per_replica not in sizes:
        raise WrongValue(
            f"{key}.gpus_per_replica",
            model.gpus_per_replica,
            f"{', '.join(map(str, sizes))} or auto: {shape.heads} attention heads and "
            f"{shape.kv_heads} key-value heads are divided over the GPUs",
        )


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
