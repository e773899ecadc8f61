"""Roofline of decoding: the most tokens per second of a model, from its shape and the GPU's data.

Every step of decoding reads the weights and every live key-value cache once and computes two
operations per parameter and sequence; the slower of the two takes as long as the step. Transfers
between GPUs are not counted, so that the limit of several GPUs is a little high.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Gt

from culture_ray.engines.model import Model
from culture_ray.engines.model_shape import Architecture

USABLE = 0.92
"""Share of a GPU's memory that vLLM 0.32 takes where engine_args do not say otherwise."""

SEQUENCES, MOST_SEQUENCES = 256, 1024
"""Fewest and most sequences at once that are chosen where engine_args do not say otherwise. Above
the most, a step computes for longer, and vLLM 0.32 itself chooses no more."""

_SAMPLING_BYTES = 12
"""Bytes per sequence and word of the vocabulary while tokens are drawn: logits in 32 bits, and the
same sorted with their order."""

NEAR_BEST = 0.85
"""Least share of the most tokens per second and GPU at which a smaller replica is chosen."""

ACTIVATIONS_GIB = 2.0
"""Memory of each GPU that is used for neither weights nor cache: activations, CUDA graphs,
the context."""

_LARGEST = 64
"""Most GPUs of one replica."""


@dataclass(frozen=True)
class Gpu:
    """Kind of GPU, with its data as stated by the manufacturer."""

    name: str
    memory_gib: Annotated[float, Gt(0)]
    bandwidth_tb_s: Annotated[float, Gt(0)]
    """Memory bandwidth, 10^12 bytes per second."""
    tflops: Annotated[float, Gt(0)]
    """Dense 16-bit matrix operations, 10^12 per second."""
    bfloat16: bool = True
    """True if the GPU computes in bfloat16."""
    source: str = ""


@dataclass(frozen=True)
class EngineLoad:
    """Load of an engine: mean tokens of the prompts and responses of one model."""

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
    """Physical limit of one replica on `gpus` GPUs."""

    gpus: int
    sequences: float
    """Sequences at once: as many as the engine allows, or as fit into memory."""
    tokens_per_s: float
    """Output tokens per second of the replica, with time for prompts included."""

    @property
    def per_gpu(self) -> float:
        """Return output tokens per second and GPU."""
        return self.tokens_per_s / self.gpus


def roofs(model: Model, gpu: Gpu, load: EngineLoad) -> list[Roof]:
    """Return the limit at every tensor-parallel size that the model fits on, smallest size first.

    Empty if it fits on none, or if its size or shape is unknown.
    """
    if model.architecture is None:
        return []
    sizes = tensor_parallel_sizes(model.architecture)
    found = (roof(model, gpu, load, size * model.pipeline_stages) for size in sizes)
    return [limit for limit in found if limit is not None]


def best_roof(found: Sequence[Roof]) -> Roof | None:
    """Return the limit on fewest GPUs with nearly the most tokens per second and GPU.

    A larger replica gains less than it seems where it is no faster: GPUs also wait for one another,
    which no limit counts, and all of them wait while it loads.
    """
    most = max((limit.per_gpu for limit in found), default=0.0)
    near = (limit for limit in found if limit.per_gpu >= NEAR_BEST * most)
    return min(near, key=lambda limit: limit.gpus, default=None)


def roof(model: Model, gpu: Gpu, load: EngineLoad, gpus: int) -> Roof | None:
    """Return the limit of one replica; None if it does not fit, or its size is unknown.

    Per GPU: B = min(max_num_seqs, room / cache of a live sequence), a step of decoding takes
    max((W + B cache) / bandwidth, 2 P B / (gpus FLOPS)) seconds, and a prompt 2 P tokens / (gpus
    FLOPS). The cache of one request of full length has to fit, as vLLM requires. Where max_num_seqs
    is to be chosen, a sequence needs room for the logits of its next token, too.
    """
    shape, weights = model.architecture, model.weight_bytes
    if shape is None or weights is None or model.parameters is None:
        return None
    usable = float(model.engine_args.get("gpu_memory_utilization", USABLE)) * gpu.memory_gib
    room = (usable - ACTIVATIONS_GIB) * 2**30 - weights / gpus
    if room < cache_bytes(model, model.max_model_len, gpus):
        return None
    cache = cache_bytes(model, load.context, gpus)
    stated = model.engine_args.get("max_num_seqs")
    kept = cache if stated else cache + _SAMPLING_BYTES * shape.vocabulary
    most = float(stated or MOST_SEQUENCES)
    sequences = min(most, room / kept) if cache else most
    flops = gpus * gpu.tflops * 1e12
    operations = 2 * (shape.active_parameters or model.parameters)
    reading = (weights / gpus + sequences * cache) / (gpu.bandwidth_tb_s * 1e12)
    step = max(reading, operations * sequences / flops)
    prompts = operations * load.prompt / load.samples / flops
    return Roof(gpus, sequences, load.output / (load.output * step / sequences + prompts))


def chosen_sequences(found: Roof) -> int:
    """Return the `max_num_seqs` of a replica: as many as its memory holds, a multiple of 8.

    No fewer than 256, since responses that end early leave room for more.
    """
    return max(SEQUENCES, int(found.sequences) // 8 * 8)


def tensor_parallel_sizes(shape: Architecture) -> list[int]:
    """Return the numbers of GPUs that a model can be divided over, ascending.

    They divide the attention heads and the other dimensions that are divided. Key-value heads are
    not split: if there are fewer of them than GPUs, each is on several GPUs.
    """
    key_heads = {shape.kv_heads, *(cache.heads for cache in shape.caches if cache.layers)}
    return [
        size
        for size in range(1, min(shape.heads, _LARGEST) + 1)
        if all(whole % size == 0 for whole in (shape.heads, *shape.divided))
        and all(heads % size == 0 or size % heads == 0 for heads in key_heads)
    ]


def cache_bytes(model: Model, tokens: float, gpus: int = 1) -> float:
    """Return the size in bytes of what one sequence keeps on each GPU; 0 if unknown.

    Attention caches keys and values of every token (2 heads head_dim numbers per layer, or one
    latent vector), and no more tokens than its window; recurrent layers keep a state of one size.
    """
    shape = model.architecture
    if shape is None:
        return 0.0
    sharing = max(1.0, gpus / model.pipeline_stages)  # GPUs that have the same layers
    cached = sum(
        cache.layers
        * min(tokens, cache.window or tokens)
        * max(1.0, cache.heads / sharing)
        * cache.numbers
        for cache in shape.caches
    )
    return (cached * sharing + shape.state) / gpus * model.cache_size
