"""Parameters outside a model's layers: embeddings, and encoders of images and sounds."""

from __future__ import annotations

from collections.abc import Mapping

from culture_ray.engines.shapes.fields import (
    Config,
    hidden_size,
    layer_count,
    listed,
    number,
    vocabulary_size,
)

_NAMES = ("vision_config", "audio_config", "encoder_config", "sound_config")

_GATED = frozenset(("pixtral", "gemma4_vision", "qwen2_5_vl", "aimv2"))
"""Encoders whose dense layers have three matrices, as have those whose file names SiLU."""

_FIXED = {"gemma3n_vision": 300_000_000}
"""Encoders that their file only names: MobileNet-V5-300M."""

_UNDESCRIBED = {"phi4mm": 1_740_000_000}
"""Parameters that the file of a model type does not describe: of Phi-4-multimodal its encoders and
adapters, as its maker's total has them."""

_CONFORMER = 24
"""Parameters per layer of a conformer in hidden^2: two dense layers have 16, attention with its
positions 5, the convolution's projections 3."""


def embeddings(config: Config) -> int:
    """Return the parameters of the input embedding, and of the output layer if it has its own.

    Gemma 3n and 4 embed each token again in every layer.
    """
    hidden, layers = hidden_size(config), layer_count(config)
    plain = vocabulary_size(config) * hidden * (1 if config["tie_word_embeddings"] else 2)
    width = number(config, "hidden_size_per_layer_input", default=0)
    if not width:
        return plain
    vocabulary = number(config, "vocab_size_per_layer_input", default=vocabulary_size(config))
    laurel = 2 * hidden * number(config, "laurel_rank", default=0)
    streams = max(0, number(config, "altup_num_inputs", default=1) - 1)
    return plain + layers * (width * (vocabulary + 3 * hidden) + laurel) + 2 * streams * hidden**2


def encoders(content: Config, text_hidden: int) -> int:
    """Return the parameters of encoders and projections, which vLLM loads; 0 for a text model."""
    whole = content.get("thinker_config") or content
    found = [whole[name] for name in _NAMES if isinstance(whole.get(name), Mapping)]
    fixed = _UNDESCRIBED.get(str(content.get("model_type")), 0)
    return fixed + sum(_encoder(config, text_hidden) for config in found)


def _encoder(config: Config, text_hidden: int) -> int:
    kind = str(config.get("model_type") or "")
    if kind in _FIXED:
        return _FIXED[kind]
    # Qwen2-VL calls the width of the text model hidden_size here.
    hidden = number(config, "embed_dim", "hidden_size", "width", "d_model", "hidden_dim", default=0)
    layers = number(
        config, "num_hidden_layers", "depth", "num_layers", "layers", "encoder_layers",
        "conf_num_hidden_layers", default=0,
    )  # fmt: skip
    if kind.endswith("audio") or "conf_num_hidden_layers" in config:
        return layers * _CONFORMER * hidden**2
    layers += number(config, "num_global_layers", default=0)
    stated = number(
        config, "intermediate_size", "encoder_ffn_dim",
        default=int(float(config.get("mlp_ratio") or 4) * hidden),
    )  # fmt: skip
    width, projection = stated, _projection(config, hidden, text_hidden)
    if kind == "glm4v_vision":  # its wide layer is in the projection
        width = number(config, "out_hidden_size")
        projection = width * (3 * stated + width + 4 * hidden)
    gated = kind in _GATED or config.get("hidden_act") == "silu"
    return layers * (4 * hidden**2 + (3 if gated else 2) * hidden * width) + projection


def _projection(config: Config, hidden: int, text_hidden: int) -> int:
    """Return the parameters from an encoder to the text model, in Qwen's case of merged patches."""
    side = number(config, "spatial_merge_size", default=0)
    if not side:
        return hidden * text_hidden
    merged = hidden * side**2
    mergers = 1 + len(listed(config, "deepstack_visual_indexes"))
    return mergers * merged * (merged + number(config, "out_hidden_size", default=text_hidden))
