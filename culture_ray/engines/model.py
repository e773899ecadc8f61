"""Description of a model before it is loaded: the content of one file in conf/model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt

from culture_ray.engines.api_replicas import api_replicas
from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.thoughts.marks import ThoughtMarks
from culture_ray.spending.limiter import Limits
from culture_ray.spending.prices import Prices

EngineName = Literal["vllm", "openai", "openai_batch", "imported"]

_ALWAYS_DECISIVE = ("engine", "source", "revision", "chat", "dtype")
_DECISIVE_IF_SET = (
    "chat_template", "chat_template_args", "reasoning_parser", "thought_marks", "thinking_tokens",
)  # fmt: skip

DECISIVE = (*_ALWAYS_DECISIVE, *_DECISIVE_IF_SET)
"""Fields that determine a model's responses; the others only affect how it is run."""


@dataclass(frozen=True)
class Architecture:
    """Shape of a transformer, as needed for its memory and roofline estimates."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    sliding_layers: int = 0
    """Layers whose attention covers only the last `sliding_window` tokens."""
    sliding_window: int | None = None
    active_parameters: float | None = None
    """Parameters used per token, for mixtures of experts; null means all of them."""


@dataclass(frozen=True)
class Model:
    """One model of a sweep. Not validated here: `readiness.check` tests if it can run."""

    engine: EngineName
    family: str
    source: str
    """Hub name, local folder, `embedded:gemma-3-270m`, or the API's name of the model."""
    revision: str | None = None
    parameters: float | None = None
    """Number of parameters; null for API models."""
    architecture: Architecture | None = None
    chat: bool = True
    """True if the tokenizer has a chat template; base models get the completion form."""
    chat_template: str | None = None
    """File of a chat template (Jinja) that replaces the tokenizer's own; local models only."""
    chat_template_args: Mapping[str, Any] = field(default_factory=dict)
    """Arguments of the chat template, such as `enable_thinking: false`; an API gets them in the
    field `chat_template_kwargs`."""
    thinking_tokens: Annotated[int, Ge(0)] = 0
    """Budget for thoughts, beside the limit of the response; above 0 if the model thinks."""
    reasoning_parser: str | None = None
    """Name of vLLM's reasoning parser for the model; null finds thoughts by their marks."""
    thought_marks: tuple[ThoughtMarks, ...] = ()
    """Marks around the model's thoughts, in addition to the known ones."""
    dtype: str = "bfloat16"
    max_model_len: Annotated[int, Ge(1)] = 4096
    """Maximum length of prompt plus response, in tokens."""
    gpus_per_replica: Annotated[int, Ge(0)] = 1
    """Tensor-parallel size; 0 runs on the CPU. `auto` in YAML sets `choose_gpus` instead."""
    choose_gpus: bool = False
    """True if the roofline chooses `gpus_per_replica` for the cluster's GPUs."""
    cpus_per_replica: Annotated[int, Ge(0)] = 1
    in_flight: Annotated[int, Ge(1)] = 256
    """Concurrent requests in the engine: at least its `max_num_seqs`."""
    memory_gib: float | None = None
    """Memory of one replica, if known; null derives it from the parameters."""
    weight_bits: float | None = None
    """Bits per weight of quantised weights; null means the size of `dtype`."""
    tokens_per_s: Annotated[float, Gt(0)] | None = None
    """Measured output tokens per second of one replica; plans use it instead of the roofline."""
    engine_args: Mapping[str, Any] = field(default_factory=dict)
    """Passed unchanged to vLLM's engine arguments."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Environment variables of the replica; `{prefix}` stands for Python's prefix, `{cpus}` for the
    numbers of the driver's cores, and `{cores}` for how many there are."""
    api: ApiSettings = field(default_factory=ApiSettings)
    """Settings of an API model; ignored for others."""
    prices: Prices | None = None
    """Dollars per million tokens of an API model; null looks them up in genai-prices."""
    limits: Limits | None = None
    """Provider's limits per minute; null learns them from headers, after a careful start."""
    most_replicas: Annotated[int, Ge(1)] | None = None
    """Maximum number of replicas; null means as many as are worthwhile, and for an API model as
    many as its limit needs, mostly one (`api_replicas`)."""
    aliases: tuple[str, ...] = ()
    """Other names of this model in published tables."""
    licence: str = ""
    note: str = ""
    """Sentence that the report shows about this model."""
    proves_path_only: bool = False
    """True if the model is too weak for conclusions about culture; the report says so."""

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
    def thinks(self) -> bool:
        """Return True if the model has a budget for thoughts before its answer."""
        return self.thinking_tokens > 0

    def output_limit(self, max_tokens: int) -> int:
        """Return the output limit of a request: that of its text, and the budget for thoughts."""
        return max_tokens + self.thinking_tokens

    @property
    def decisive(self) -> dict[str, Any]:
        """Return the fields that determine the responses; those of later versions only if set."""
        always = {part: getattr(self, part) for part in _ALWAYS_DECISIVE}
        chosen = {part: getattr(self, part) for part in _DECISIVE_IF_SET if getattr(self, part)}
        if self.thought_marks:
            chosen["thought_marks"] = [asdict(pair) for pair in self.thought_marks]
        return always | chosen

    @property
    def is_api(self) -> bool:
        """Return True if its requests cost money."""
        return self.engine in ("openai", "openai_batch")

    @property
    def at_once(self) -> int:
        """Return the number of concurrent requests of one replica."""
        is_batch = self.engine == "openai_batch"
        return self.api.batching.in_flight if is_batch else self.in_flight

    @property
    def replicas_at_most(self) -> float:
        """Return the maximum number of replicas; only one can hold the batch journal of a model."""
        if self.engine == "openai_batch":
            return 1
        if self.is_api:
            return api_replicas(self.limits, self.in_flight, self.most_replicas)
        return math.inf if self.most_replicas is None else self.most_replicas

    @property
    def weight_gib(self) -> float | None:
        """Return the size of the weights in GiB, None for API models."""
        return None if self.weight_bytes is None else self.weight_bytes / 2**30

    @property
    def cache_size(self) -> int:
        """Return the bytes per number in the key-value cache."""
        kind = str(self.engine_args.get("kv_cache_dtype", "auto"))
        return 1 if kind.startswith("fp8") else _SIZES.get(self.dtype, 2)


_SIZES = {"float32": 4, "bfloat16": 2, "float16": 2}
"""Bytes per number."""
