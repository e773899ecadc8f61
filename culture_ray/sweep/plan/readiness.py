"""Checks that models can run on a cluster, before anything is loaded."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence

from culture_ray.engines.model import Model
from culture_ray.errors import MissingExtra, ModelDoesNotFit, NeedsGpu, WrongValue
from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.plan.roofline import tensor_parallel_sizes


def check_installed(models: Mapping[str, Model]) -> None:
    """Raise MissingKey for API models without a key, MissingExtra where vLLM is not installed."""
    for name, model in models.items():
        if model.is_api:
            model.api.key(name)
        elif importlib.util.find_spec("vllm") is None:
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


def check_placeable(name: str, need: Resources, machines: Sequence[Resources]) -> None:
    """Raise NeedsGpu or ModelDoesNotFit for a model that does not fit on the cluster.

    GPUs may be on several machines; cores and memory of a CPU model have to be on one.
    """
    gpus = sum(machine.gpus for machine in machines)
    if need.gpus > gpus:
        raise NeedsGpu(
            f"model {name} needs {need.gpus:g} GPU{'s' * (need.gpus != 1)}, the cluster has "
            f"{gpus:g}: choose another cluster=..., or a model that runs on CPUs such as "
            f"gemma_3_270m"
        )
    where = "the cluster" if len(machines) == 1 else "the largest machine of the cluster"
    memory = max((machine.memory_gib for machine in machines), default=0.0)
    cpus = max((machine.cpus for machine in machines), default=0.0)
    if need.memory_gib > memory:
        raise ModelDoesNotFit(
            f"model {name} needs {need.memory_gib:.1f} GiB of memory, {where} has "
            f"{memory:.1f} GiB: choose a smaller model or a larger machine"
        )
    if need.cpus > cpus and need.gpus <= 1:
        raise ModelDoesNotFit(
            f"model {name} needs {need.cpus:g} CPU cores per replica, {where} has "
            f"{cpus:g}: lower model.{name}.cpus_per_replica"
        )
