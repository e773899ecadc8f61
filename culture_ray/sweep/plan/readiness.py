"""Checks that models can run on a cluster, before anything is loaded."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence

from culture_ray.engines.model import NOT_IN_FLOAT16, Model
from culture_ray.engines.model_shape import Architecture
from culture_ray.errors import MissingExtra, ModelDoesNotFit, NeedsGpu, WrongValue
from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.plan.roofline import tensor_parallel_sizes

SURELY = 0.5
"""Share of an estimated prompt that it has at least: languages differ in characters per token."""


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
    sizes = [size * model.pipeline_stages for size in tensor_parallel_sizes(shape)]
    if model.gpus_per_replica not in sizes:
        raise WrongValue(
            f"{key}.gpus_per_replica",
            model.gpus_per_replica,
            f"{', '.join(map(str, sizes))} or auto: {shape.heads} attention heads and "
            f"{shape.kv_heads} key-value heads{_dimensions(shape)} are divided over the GPUs",
        )


def _dimensions(shape: Architecture) -> str:
    words = ", ".join(map(str, shape.divided))
    return f", and dimensions of {words} parts," if words else ""


def check_loadable(key: str, model: Model) -> None:
    """Raise WrongValue for a data type or a length that vLLM refuses for the model."""
    if model.dtype in ("float16", "half") and model.model_type in NOT_IN_FLOAT16:
        expected = f"bfloat16 or float32, as {model.model_type} overflows float16 and vLLM refuses"
        raise WrongValue(f"{key}.dtype", model.dtype, f"{expected} it")
    if model.context_length is not None and model.max_model_len > model.context_length:
        raise WrongValue(
            f"{key}.max_model_len",
            model.max_model_len,
            f"at most {model.context_length}, the longest sequence of {model.source}",
        )


def check_context(
    key: str, model: Model, prompt_tokens: float, output_tokens: float, *, exact: bool
) -> None:
    """Raise WrongValue for a model whose sequences are too short for its longest request.

    A prompt that was not counted with the model's own tokenizer counts by half.
    """
    needed = (1.0 if exact else SURELY) * prompt_tokens + output_tokens
    if model.engine != "vllm" or needed <= model.max_model_len:
        return
    about = "" if exact else "about "
    limit = f" (the model itself allows {model.context_length})" if model.context_length else ""
    raise WrongValue(
        f"{key}.max_model_len",
        model.max_model_len,
        f"at least {prompt_tokens + output_tokens:.0f}{limit}: the longest prompt has "
        f"{about}{prompt_tokens:.0f} tokens, and a response may have {output_tokens:.0f}",
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
            f"{cpus:g}: request more cores, or lower model.{name}.cpus_per_replica"
        )
