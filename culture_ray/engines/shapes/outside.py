"""Parameters outside a model's layers: embeddings, and encoders of images and sounds."""

from __future__ import annotations

from collections.abc import Mapping

from culture_ray.engines.shapes.fields import Config, hidden_size, layer_count, number

_GATED = frozenset(("pixtral", "gemma4_vision", "qwen2_5_vl"))
"""Encoders whose dense layers have three matrices; those of others have two."""

_FIXED = {"gemma3n_vision": 300_000_000}
"""Encoders that their file only names: MobileNet-V5-300M."""

_CONFORMER = 24
"""Parameters per layer of a conformer in hidden^2: two dense layers have 16, attention with its
positions 5, the convolution's projections 3."""


def embeddings(config: Config) -> int:
    """Return the parameters of the input embedding, and of the output layer if it has its own.

    Gemma 3n and 4 embed each token again in every layer.
    """
    hidden, layers = hidden_size(config), layer_count(config)
    plain = number(config, "vocab_size") * hidden * (1 if config["tie_word_embeddings"] else 2)
    width = number(config, "hidden_size_per_layer_input", default=0)
    if not width:
        return plain
    vocabulary = number(config, "vocab_size_per_layer_input", "vocab_size")
    laurel = 2 * hidden * number(config, "laurel_rank", default=0)
    streams = max(0, number(config, "altup_num_inputs", default=1) - 1)
    return plain + layers * (width * (vocabulary + 3 * hidden) + laurel) + 2 * streams * hidden**2


def encoders(content: Config, text_hidden: int) -> int:
    """Return the parameters of encoders and projections, which vLLM loads; 0 for a text model."""
    names = ("vision_config", "audio_config")
    found = [content[name] for name in names if isinstance(content.get(name), Mapping)]
    return sum(_encoder(config, text_hidden) for config in found)


def _encoder(config: Config, text_hidden: int) -> int:
    kind = str(config.get("model_type") or "")
    if kind in _FIXED:
        return _FIXED[kind]
    hidden = number(config, "hidden_size", "embed_dim", "width", default=0)
    layers = number(
        config, "num_hidden_layers", "depth", "num_layers", "conf_num_hidden_layers", default=0
    )
    if kind.endswith("audio") or "conf_num_hidden_layers" in config:
        return layers * _CONFORMER * hidden**2
    width = number(config, "intermediate_size", default=4 * hidden)
    layer = 4 * hidden**2 + (3 if kind in _GATED else 2) * hidden * width
    return layers * layer + hidden * text_hidden
