"""Description of a model before it is loaded: the content of one file in conf/model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt

from culture_ray.engines.api_replicas import api_replicas
from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.model_card import ModelCard
from culture_ray.engines.model_shape import Architecture
from culture_ray.engines.thoughts.marks import ThoughtMarks
from culture_ray.spending.limits import Limits
from culture_ray.spending.prices import Prices

EngineName = Literal["vllm", "openai", "openai_batch", "imported"]

NumberType = Literal["auto", "bfloat16", "float16", "half", "float32", "float"]

NOT_IN_FLOAT16 = frozenset(("gemma2", "gemma3", "gemma3_text", "glm4"))
"""Model types that vLLM 0.32 refuses to load in float16, as their activations overflow it."""

DEFAULT_LENGTH = 4096
"""`max_model_len` where a model's file does not state it; less for a model with less."""

DEFAULT_IN_FLIGHT = 256

_ALWAYS_DECISIVE = ("engine", "source", "revision", "chat", "dtype")
_DECISIVE_IF_SET = (
    "chat_template", "chat_template_args", "reasoning_parser", "thought_marks", "thinking_tokens",
    "adapter",
)  # fmt: skip

DECISIVE = (*_ALWAYS_DECISIVE, *_DECISIVE_IF_SET)
"""Fields that determine a model's responses; the others only affect how it is run."""


@dataclass(frozen=True)
class Model:
    """One model of a sweep. Not validated here: `readiness.check` tests if it can run."""

    engine: EngineName
    family: str
    source: str
    """Hub name, local folder, `embedded:gemma-3-270m`, or the API's name of the model."""
    revision: str | None = None
    adapter: str | None = None
    """LoRA adapter on top of the weights, a hub name or a local folder."""
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
    dtype: NumberType = "bfloat16"
    max_model_len: Annotated[int, Ge(1)] = DEFAULT_LENGTH
    """Maximum length of prompt plus response, in tokens."""
    gpus_per_replica: Annotated[int, Ge(0)] = 1
    """GPUs that the model is divided over; 0 runs on the CPU. `auto` in YAML sets `choose_gpus`."""
    choose_gpus: bool = False
    """True if the roofline chooses `gpus_per_replica` for the cluster's GPUs."""
    cpus_per_replica: Annotated[int, Ge(0)] = 1
    in_flight: Annotated[int, Ge(1)] = DEFAULT_IN_FLIGHT
    """Concurrent requests in the engine: at least its `max_num_seqs`. On GPUs it grows with the
    `max_num_seqs` that a plan chooses where engine_args state none."""
    memory_gib: float | None = None
    """Memory of one replica, if known; null derives it from the parameters."""
    weight_bits: float | None = None
    """Bits per weight of quantised weights; null means the size of `dtype`."""
    plain_parameters: float | None = None
    """Parameters that stay in `dtype` when the others are quantised; null: the embeddings."""
    model_type: str | None = None
    """Type of model as its config.json names it, such as gemma2."""
    context_length: int | None = None
    """Longest sequence that the model itself allows; null if its files do not say."""
    request_seeds: bool = True
    """True if each request to vLLM has its own seed, which repeats its response exactly where
    nothing else changes; on GPUs vLLM then samples without FlashInfer."""
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
    family_guessed_from: str | None = None
    """Word that the family was guessed from; null for a family that a file states."""
    aliases: tuple[str, ...] = ()
    """Other names of this model in published tables."""
    licence: str = ""
    card: ModelCard = field(default_factory=ModelCard)
    note: str = ""
    """Sentence that the report shows about this model."""
    proves_path_only: bool = False
    """True if the model is too weak for conclusions about culture; the report says so."""

    @property
    def weight_bytes(self) -> float | None:
        """Return the size of the weights in bytes, None for API models.

        Some parameters stay in `dtype` when the others are quantised.
        """
        if self.parameters is None:
            return None
        size = _SIZES.get(self.dtype, 2)
        if self.weight_bits is None:
            return self.parameters * size
        shape, plain = self.architecture, self.plain_parameters
        if plain is None:
            plain = shape.vocabulary * shape.hidden if shape else 0.0
        plain = min(self.parameters, plain)
        return plain * size + (self.parameters - plain) * self.weight_bits / 8

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
    def reads_layers(self) -> bool:
        """Return True if probabilities of words can be read after each layer: locally, on a CPU."""
        return self.engine == "vllm" and self.gpus_per_replica == 0 and self.adapter is None

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
    def pipeline_stages(self) -> int:
        """Return the groups of layers on GPUs of their own; GPUs of a group share each layer."""
        return max(1, int(self.engine_args.get("pipeline_parallel_size") or 1))

    @property
    def cache_size(self) -> int:
        """Return the bytes per number in the key-value cache."""
        kind = str(self.engine_args.get("kv_cache_dtype", "auto"))
        return 1 if kind.startswith("fp8") else _SIZES.get(self.dtype, 2)


_SIZES = {"float32": 4, "float": 4}
"""Bytes per number of data types with more than two."""
