"""What is known about a model before it is loaded: the content of one file in conf/model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from culture_ray.engines.api_settings import Api
from culture_ray.spending.limiter import Limits
from culture_ray.spending.prices import Prices

EngineName = Literal["vllm", "openai", "openai_batch", "imported"]

DECISIVE = ("engine", "source", "revision", "chat", "dtype")
"""What of a model decides its responses; how it is run may change from day to day."""


@dataclass(frozen=True)
class Architecture:
    """The shape of a transformer, enough for its memory and its roofline (DESIGN.md section 7)."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    sliding_layers: int = 0
    """Layers whose attention sees only the last `sliding_window` tokens."""
    sliding_window: int | None = None
    active_parameters: float | None = None
    """Parameters that one token passes, for mixtures of experts; null is all of them."""


@dataclass(frozen=True)
class Model:
    """One model that a sweep can ask.

    Raises nothing by itself: whether it can run here is found out by `readiness.check`.
    """

    engine: EngineName
    family: str
    source: str
    """Hub name, local folder, `embedded:gemma-3-270m`, or the API's name of the model."""
    revision: str | None = None
    parameters: float | None = None
    """Number of parameters; null for API models."""
    architecture: Architecture | None = None
    chat: bool = True
    """Whether the tokenizer has a chat template; a base model gets the completion form."""
    dtype: str = "bfloat16"
    max_model_len: int = 4096
    """Longest prompt plus response, in tokens."""
    gpus_per_replica: int = 1
    """Tensor-parallel size; 0 runs on the CPU. `auto` in YAML sets `choose_gpus` instead."""
    choose_gpus: bool = False
    """Whether the roofline chooses `gpus_per_replica`, for the cluster's GPUs."""
    cpus_per_replica: int = 1
    in_flight: int = 256
    """Requests kept in the engine at once: at least its `max_num_seqs`."""
    memory_gib: float | None = None
    """Memory one replica takes, where it is known; otherwise derived from the parameters."""
    weight_bits: float | None = None
    """Bits per weight of quantised weights; null takes the size of `dtype`."""
    tokens_per_s: float | None = None
    """Output tokens per second of one replica where that was measured; plans then take it."""
    engine_args: Mapping[str, Any] = field(default_factory=dict)
    """Handed to vLLM's engine arguments as they are."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Environment of the replica; `{prefix}` is the environment's folder, `{cpus}` its cores."""
    api: Api = field(default_factory=Api)
    """How an API model is reached; without meaning for others."""
    prices: Prices | None = None
    """Dollars per million tokens of an API model; null looks them up in genai-prices."""
    limits: Limits | None = None
    """What the provider allows per minute; null learns it from headers, after a careful start."""
    most_replicas: int | None = None
    """Replicas of this model at once; null means as many as are worth it."""
    aliases: tuple[str, ...] = ()
    """Other spellings under which published tables know this model."""
    licence: str = ""
    note: str = ""
    """A sentence the report has to show about this model."""
    proves_path_only: bool = False
    """Too weak to say anything about culture; the report says so."""

    @property
    def weight_bytes(self) -> float | None:
        """Return the size of the weights in bytes, None for API models.

        Embeddings stay in `dtype` when the other weights are quantised.
        """
        if self.parameters is None:
            return None
        size = _SIZES.get(self.dtype, 2)
        if self.weight_bits is None:
            return self.parameters * size
        shape = self.architecture
        embeddings = min(self.parameters, shape.vocabulary * shape.hidden) if shape else 0.0
        return embeddings * size + (self.parameters - embeddings) * self.weight_bits / 8

    @property
    def is_api(self) -> bool:
        """Return whether each of its requests costs money."""
        return self.engine in ("openai", "openai_batch")

    @property
    def at_once(self) -> int:
        """Return how many requests one replica wants in flight."""
        batches = self.engine == "openai_batch"
        return self.api.batching.in_flight if batches else self.in_flight

    @property
    def replicas_at_most(self) -> float:
        """Return how many replicas there may be; one has the book of a model's batches."""
        if self.engine == "openai_batch":
            return 1
        return math.inf if self.most_replicas is None else self.most_replicas

    @property
    def weight_gib(self) -> float | None:
        """Return the size of the weights in GiB, None for API models."""
        return None if self.weight_bytes is None else self.weight_bytes / 2**30

    @property
    def cache_size(self) -> int:
        """Return the bytes of one number in the key-value cache."""
        kind = str(self.engine_args.get("kv_cache_dtype", "auto"))
        return 1 if kind.startswith("fp8") else _SIZES.get(self.dtype, 2)


_SIZES = {"float32": 4, "bfloat16": 2, "float16": 2}
"""Bytes of a number."""
