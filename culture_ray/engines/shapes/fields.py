"""Fields of a model's config.json: the text model's part, its class's defaults, values by layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Config = Mapping[str, Any]

_TEXT_PARTS = ("text_config", "llm_config", "language_config", "thinker_config")

_DEFAULTS: Mapping[str, Config] = {
    "cohere": {"tie_word_embeddings": True},
    "cohere2": {"sliding_window_pattern": 4},
    "exaone4": {"sliding_window_pattern": 4},
    "gemma2": {"sliding_window_pattern": 2},
    "gemma3_text": {
        "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
        "vocab_size": 262_208, "sliding_window_pattern": 6, "max_position_embeddings": 131_072,
    },
    "gemma3n_text": {"sliding_window_pattern": 5},
    "gemma4_text": {"sliding_window_pattern": 6, "global_head_dim": 512},
    "gpt_oss": {"sliding_window_pattern": 2},
    "llama": {"hidden_size": 4096, "intermediate_size": 11_008, "num_hidden_layers": 32,
              "num_attention_heads": 32, "vocab_size": 32_000},
    "llama4_text": {"attention_chunk_size": 8192, "no_rope_layer_interval": 4},
    "mistral": {"hidden_size": 4096, "intermediate_size": 14_336, "num_hidden_layers": 32,
                "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 32_000},
    "olmo3": {"sliding_window_pattern": 4},
    "qwen3_5_moe_text": {"attn_output_gate": True, "full_attention_interval": 4},
    "qwen3_5_text": {"attn_output_gate": True, "full_attention_interval": 4},
    "qwen3_next": {"attn_output_gate": True, "full_attention_interval": 4},
}  # fmt: skip
"""Values that published files leave to the classes of transformers, by model type."""

_UNTIED = frozenset(
    ("apertus", "deepseek_v2", "deepseek_v3", "gpt_oss", "llama", "llama4_text", "mistral",
     "mixtral", "olmo2", "olmo3", "phi3", "qwen2", "qwen3", "qwen3_moe", "qwen3_next")
)  # fmt: skip
"""Model types whose output layer is not the embedding, unless the file says so."""


def text_part(content: Config) -> dict[str, Any]:
    """Return the fields of the text model, with the defaults that its class would supply."""
    inner: Any = content
    while name := next((n for n in _TEXT_PARTS if isinstance(inner.get(n), Mapping)), None):
        inner = inner[name]
    outer = str(content.get("model_type") or "")
    own = f"{outer}_text" if f"{outer}_text" in _DEFAULTS else outer
    kind = str(inner.get("model_type") or own)
    tied = content.get("tie_word_embeddings", kind not in _UNTIED)
    known = {name: value for name, value in inner.items() if value is not None}
    return {"tie_word_embeddings": tied, **_DEFAULTS.get(kind, {}), **known, "model_type": kind}


def number(config: Config, *names: str, default: int | None = None) -> int:
    """Return the first of the named fields that has a value; raises KeyError without any."""
    for name in names:
        value = config.get(name)
        if value is not None:
            return int(max(value) if isinstance(value, (list, tuple)) else value)
    if default is None:
        raise KeyError(names[0])
    return default


def listed(config: Config, *names: str) -> list[Any]:
    """Return the first of the named fields that is a list with entries, else an empty list."""
    found = (config.get(name) for name in names)
    return next((list(v) for v in found if isinstance(v, (list, tuple)) and v), [])


def layer_count(config: Config) -> int:
    """Return the number of layers; of Nemotron-H as many as its pattern has."""
    pattern = config.get("hybrid_override_pattern") or config.get("layers_block_type") or ""
    names = ("num_hidden_layers", "n_layer", "num_layers", "n_layers")
    return number(config, *names, default=len(pattern) or None)


def hidden_size(config: Config) -> int:
    """Return the width of the hidden states."""
    return number(config, "hidden_size", "n_embd", "d_model")


def at_layer(config: Config, layer: int, layers: int) -> dict[str, Any]:
    """Return the fields of one layer: of lists with an entry per layer its own entry."""
    own = {
        name: value[layer] if isinstance(value, list) and len(value) == layers else value
        for name, value in config.items()
    }
    overrides = config.get("per_layer_config") or {}
    return own | {
        name: value
        for key, values in overrides.items()
        if int(key) == layer
        for name, value in values.items()
    }
