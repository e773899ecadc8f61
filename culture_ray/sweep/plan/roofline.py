"""What a GPU can do at most: tokens per second of a model, from its shape and the GPU's data.

DESIGN.md section 7. Every step of decoding reads the weights and every live key-value cache once
and computes two operations per parameter and sequence; the slower of both is the step. What links
GPUs to one another is not counted, so that the limit of several is a little high.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from culture_ray.engines.model import Architecture, Model

USABLE = 0.92
"""Share of a GPU's memory that vLLM 0.32 takes where engine_args do not say otherwise."""

SEQUENCES = 256
"""Sequences at once where engine_args do not say otherwise."""

ACTIVATIONS_GIB = 2.0
"""Memory on each GPU beside weights and cache: activations, CUDA graphs, the context."""

_LARGEST = 64
"""Most GPUs of one replica."""


@dataclass(frozen=True)
class Gpu:
    """One kind of GPU, as its maker states it."""

    name: str
    memory_gib: float
    bandwidth_tb_s: float
    """Memory bandwidth, 10^12 bytes per second."""
    tflops: float
    """Dense 16-bit matrix operations, 10^12 per second."""
    bfloat16: bool = True
    """Whether it computes in bfloat16."""
    source: str = ""


@dataclass(frozen=True)
class EngineLoad:
    """The requests of one model, in tokens of one request."""

    prompt: float
    output: float
    samples: int = 1
    """Responses per prompt; with prefix caching the prompt is computed once for all of them."""

    @property
    def context(self) -> float:
        """Return the mean length of a live sequence: the prompt and half of the response."""
        return self.prompt + self.output / 2


@dataclass(frozen=True)
class Roof:
    """The physical limit of one replica on `gpus` GPUs."""

    gpus: int
    sequences: float
    """Sequences at once: as many as the engine takes, or as there is memory for."""
    tokens_per_s: float
    """Output tokens per second of the replica, the computing of prompts included."""

    @property
    def per_gpu(self) -> float:
        """Return output tokens per second and GPU."""
        return self.tokens_per_s / self.gpus


def roofs(model: Model, gpu: Gpu, load: EngineLoad) -> list[Roof]:
    """Return the roof of every tensor-parallel size the model fits on, the smallest size first.

    Empty when it fits on none, or when its size or shape is not known.
    """
    if model.architecture is None:
        return []
    found = (roof(model, gpu, load, size) for size in tensor_parallel_sizes(model.architecture))
    return [one for one in found if one is not None]


def best(found: Sequence[Roof]) -> Roof | None:
    """Return the roof with most tokens per second and GPU, of equals the one on fewest GPUs."""
    return max(found, key=lambda one: (one.per_gpu, -one.gpus), default=None)


def roof(model: Model, gpu: Gpu, load: EngineLoad, gpus: int) -> Roof | None:
    """Return the limit of one replica, None when it does not fit or its size is not known.

    Per GPU: B = min(max_num_seqs, room / cache of a live sequence), a step of decoding takes
    max((W + B cache) / bandwidth, 2 P B / (gpus FLOPS)) seconds, and a prompt 2 P tokens / (gpus
    FLOPS). It has to hold the cache of one request of full length, as vLLM insists.
    """
    shape, weights = model.architecture, model.weight_bytes
    if shape is None or weights is None or model.parameters is None:
        return None
    usable = float(model.engine_args.get("gpu_memory_utilization", USABLE)) * gpu.memory_gib
    room = (usable - ACTIVATIONS_GIB) * 2**30 - weights / gpus
    if room < cache_bytes(model, model.max_model_len, gpus):
        return None
    cache = cache_bytes(model, load.context, gpus)
    most = float(model.engine_args.get("max_num_seqs", SEQUENCES))
    sequences = min(most, room / cache) if cache else most
    flops = gpus * gpu.tflops * 1e12
    operations = 2 * (shape.active_parameters or model.parameters)
    reading = (weights / gpus + sequences * cache) / (gpu.bandwidth_tb_s * 1e12)
    step = max(reading, operations * sequences / flops)
    prompts = operations * load.prompt / load.samples / flops
    return Roof(gpus, sequences, load.output / (load.output * step / sequences + prompts))


def tensor_parallel_sizes(shape: Architecture) -> list[int]:
    """Return the numbers of GPUs the attention heads can be divided over, ascending.

    A key-value head is divided no further: where there are more GPUs than such heads, each is on
    several GPUs.
    """
    return [
        size
        for size in range(1, min(shape.heads, _LARGEST) + 1)
        if shape.heads % size == 0 and (shape.kv_heads % size == 0 or size % shape.kv_heads == 0)
    ]


def cache_bytes(model: Model, tokens: float, gpus: int = 1) -> float:
    """Return the key-value cache of one sequence on each GPU, in bytes; 0 for an unknown shape.

    2 layers kv_heads head_dim bytes for every token; a layer with a sliding window keeps no more
    tokens than the window.
    """
    shape = model.architecture
    if shape is None:
        return 0.0
    kept = (shape.layers - shape.sliding_layers) * tokens
    kept += shape.sliding_layers * min(tokens, shape.sliding_window or tokens)
    return 2.0 * kept * max(1.0, shape.kv_heads / gpus) * shape.head_dim * model.cache_size
