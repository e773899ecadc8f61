"""Fields of a model's config.json: the text model's part, its class's defaults, values by layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from culture_ray.engines.shapes.defaults import CLASS_DEFAULTS, UNTIED
from culture_ray.engines.shapes.dialects import common_form

Config = Mapping[str, Any]

_TEXT_PARTS = ("text_config", "llm_config", "language_config", "thinker_config")


def text_part(content: Config) -> dict[str, Any]:
    """Return the fields of the text model, with the defaults that its class would supply."""
    inner: Any = content
    while name := next((n for n in _TEXT_PARTS if isinstance(inner.get(n), Mapping)), None):
        inner = inner[name]
    outer = str(content.get("model_type") or "")
    own = f"{outer}_text" if f"{outer}_text" in CLASS_DEFAULTS else outer
    kind = str(inner.get("model_type") or own)
    tied = content.get("tie_word_embeddings", kind not in UNTIED)
    known = {name: value for name, value in inner.items() if value is not None}
    return {
        "tie_word_embeddings": tied,
        **CLASS_DEFAULTS.get(kind, {}),
        **common_form(known),
        "model_type": kind,
    }


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
    return number(config, "hidden_size", "n_embd", "n_embed", "d_model")


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


def vocabulary_size(config: Config) -> int:
    """Return the number of rows of the input embedding."""
    return number(config, "vocab_size", "padded_vocab_size")
