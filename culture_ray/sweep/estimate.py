"""What a sweep will take, from the shapes of its models alone; no weights and no GPU are needed."""

from __future__ import annotations

from dataclasses import dataclass

from culture_ray.engines.model import Model

CHARACTERS_PER_TOKEN = 3.6
"""Of prompts in European languages; measured on this project's prompts with Gemma's tokenizer."""

_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
_USABLE = 0.9
"""Share of a GPU's memory that an engine may take."""
_ACTIVATIONS_GIB = 2.0


@dataclass(frozen=True)
class Estimate:
    """One model's part of a sweep."""

    requests: int
    prompt_tokens: float
    output_tokens: float
    """At most: every response as long as it may be."""
    weights_gib: float | None
    """None for API models."""
    kv_kib_per_token: float | None
    hardware: str


def estimate(
    model: Model, requests: int, prompt_characters: float, output_tokens: float, gpu_gib: float
) -> Estimate:
    """Return what `requests` requests of a model take.

    `prompt_characters` and `output_tokens` are totals over the requests; `gpu_gib` is the memory of
    one GPU in GiB.
    """
    return Estimate(
        requests=requests,
        prompt_tokens=prompt_characters / CHARACTERS_PER_TOKEN,
        output_tokens=output_tokens,
        weights_gib=model.weight_gib,
        kv_kib_per_token=kv_bytes_per_token(model) / 1024 if model.architecture else None,
        hardware=_hardware(model, gpu_gib),
    )


def kv_bytes_per_token(model: Model) -> float:
    """Return the key-value cache of one token in bytes, over all GPUs: 2 L H_kv d b.

    DESIGN.md section 7. Raises ValueError for a model whose architecture is not stated.
    """
    shape = model.architecture
    if shape is None:
        raise ValueError(f"{model.source} has no architecture")
    return 2.0 * shape.layers * shape.kv_heads * shape.head_dim * _BYTES.get(model.dtype, 2)


def smallest_tensor_parallel(model: Model, gpu_gib: float) -> int | None:
    """Return the fewest GPUs one replica fits on, None when none or its size is not stated.

    They have to divide the heads, and to hold the weights, the activations and the key-value
    cache of one request of full length, which is what vLLM insists on.
    """
    shape, weights = model.architecture, model.weight_gib
    if shape is None or weights is None:
        return None
    cache = model.max_model_len * kv_bytes_per_token(model) / 2**30
    counts = [n for n in (1, 2, 4, 8, 16, 32) if shape.heads % n == 0]
    for count in counts:
        if (weights + cache) / count + _ACTIVATIONS_GIB <= _USABLE * gpu_gib:
            return count
    return None


def _hardware(model: Model, gpu_gib: float) -> str:
    if model.is_api:
        return "an API key"
    if not model.gpus_per_replica:
        memory = f", {model.memory_gib:g} GiB" if model.memory_gib else ""
        return f"{model.cpus_per_replica} cores{memory}"
    fewest = smallest_tensor_parallel(model, gpu_gib)
    asked = f"{model.gpus_per_replica} GPU, {gpu_gib:g} GiB"
    if model.architecture is None or model.weight_gib is None:
        return f"{asked}, if it fits: no size stated"
    if fewest is None:
        return f"{asked}; fits on no number of these GPUs"
    if fewest > model.gpus_per_replica:
        return f"{asked}; does not fit: set gpus_per_replica to {fewest}"
    return asked
