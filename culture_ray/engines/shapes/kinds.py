"""Parts of each layer of a model: attention, recurrent mixers, dense layers, layers of experts."""

from __future__ import annotations

from itertools import cycle, islice
from typing import Literal

from culture_ray.engines.shapes.fields import Config, layer_count, listed, number

Kind = Literal[
    "attention", "sliding", "latent", "mamba", "mamba_1", "delta", "lightning", "convolution",
    "mlp", "experts",
]  # fmt: skip

_MIXERS: dict[str, Kind] = {
    "attention": "attention", "full_attention": "attention", "full": "attention",
    "global_attention": "attention", "indexed_attention": "attention",
    "sliding_attention": "sliding", "chunked_attention": "sliding", "local_attention": "sliding",
    "mamba": "mamba", "mamba2": "mamba", "linear_attention": "delta", "conv": "convolution",
}  # fmt: skip
_LONE: dict[str, Kind] = {
    "M": "mamba", "*": "attention", "-": "mlp", "E": "experts",
    "mamba": "mamba", "attention": "attention", "mlp": "mlp", "moe": "experts",
    "linear_attention": "mamba", "full_attention": "attention",
}  # fmt: skip
"""Layers of Nemotron-H, which consist of one part each."""

_ALL_MAMBA = ("mamba", "mamba2", "falcon_mamba")
_MAMBA_FIELDS = ("mamba_n_heads", "mamba_d_state", "mamba_num_heads")


def layer_kinds(config: Config) -> list[tuple[Kind, ...]]:
    """Return the parts of every layer; raises ValueError for a kind of layer that is not known."""
    layers = layer_count(config)
    if config["model_type"] == "nemotron_h":
        pattern = config.get("hybrid_override_pattern") or listed(config, "layers_block_type")
        return [(_LONE[letter],) for letter in pattern]
    mixers = [_specific(kind, config) for kind in _mixers(config, layers)]
    if config["model_type"] in _ALL_MAMBA:  # without dense layers
        return [(mixer,) for mixer in mixers]
    both = ("mamba",) if config["model_type"] == "falcon_h1" else ()
    return [(mixer, *both, *_dense_or_experts(config, i)) for i, mixer in enumerate(mixers)]


def has_experts(config: Config) -> bool:
    """Return True for a mixture of experts."""
    enabled = config.get("enable_moe_block", True)
    return bool(enabled) and expert_count(config) > 1


def expert_count(config: Config) -> int:
    """Return the experts of one layer that are not shared; 0 for a dense model."""
    return number(
        config, "num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts", default=0
    )


def _mixers(config: Config, layers: int) -> list[Kind]:
    named = listed(config, "layer_types", "layers_block_type", "layer_block_type", "block_types")
    if named:
        unknown = [name for name in named if name not in _MIXERS]
        if unknown:
            raise ValueError(f"layers of type {unknown[0]} are not known")
        return [_MIXERS[name] for name in named][:layers]
    if marks := listed(config, "attn_type_list"):
        return ["attention" if mark == 1 else "delta" for mark in marks]
    if linear := config.get("linear_attn_config"):
        full = listed(linear, "full_attn_layers")
        return ["attention" if layer + 1 in full else "delta" for layer in range(layers)]
    if every := config.get("full_attention_interval"):
        return ["delta" if (layer + 1) % int(every) else "attention" for layer in range(layers)]
    if period := config.get("attn_layer_period"):
        offset = number(config, "attn_layer_offset", default=0)
        return ["attention" if i % int(period) == offset else "mamba" for i in range(layers)]
    if indices := listed(config, "attn_layer_indices"):
        return ["attention" if layer in indices else "mamba" for layer in range(layers)]
    if config["model_type"] in (*_ALL_MAMBA, "bamba"):
        return ["mamba"] * layers
    return _windows(config, layers)


def _windows(config: Config, layers: int) -> list[Kind]:
    """Return the layers whose attention is complete, and those that see a window."""
    if marks := listed(config, "hybrid_layer_pattern"):
        return ["sliding" if mark else "attention" for mark in marks]
    if config.get("attention_chunk_size"):
        rope = listed(config, "no_rope_layers")  # 1 for a layer with RoPE, whose chunks are local
        every = number(config, "no_rope_layer_interval", default=4)
        chunked = rope or [(layer + 1) % every for layer in range(layers)]
        return ["sliding" if mark else "attention" for mark in chunked]
    if not config.get("sliding_window") or config.get("use_sliding_window") is False:
        return ["attention"] * layers
    pattern = config.get("sliding_window_pattern")
    if isinstance(pattern, str):
        letters = islice(cycle(pattern), layers)
        return ["sliding" if letter == "L" else "attention" for letter in letters]
    if pattern:
        return ["sliding" if (i + 1) % int(pattern) else "attention" for i in range(layers)]
    first = number(config, "max_window_layers", default=0) if "use_sliding_window" in config else 0
    return ["sliding" if layer >= first else "attention" for layer in range(layers)]


def _specific(kind: Kind, config: Config) -> Kind:
    """Return the kind with its variant: latent attention, lightning attention, the first Mamba."""
    if kind == "attention" and config.get("kv_lora_rank"):
        return "latent"
    if kind == "delta" and config["model_type"].startswith("minimax"):
        return "lightning"
    if kind == "delta" and any(name in config for name in _MAMBA_FIELDS):
        kind = "mamba"  # newer files call every recurrent mixer linear attention
    if kind == "mamba" and config["model_type"] in ("mamba", "falcon_mamba", "jamba"):
        return "mamba_1"
    return kind


def _dense_or_experts(config: Config, layer: int) -> tuple[Kind, ...]:
    if not has_experts(config) or not _is_sparse(config, layer):
        return ("mlp",)
    # Gemma 4 has a dense layer beside its experts.
    return ("mlp", "experts") if "top_k_experts" in config else ("experts",)


def _is_sparse(config: Config, layer: int) -> bool:
    """Return True if a layer has experts; models differ in how their files say it."""
    if named := listed(config, "mlp_layer_types"):
        return named[layer] not in ("dense", "mlp")
    if marks := listed(config, "moe_layer_freq"):
        return bool(marks[layer])
    if indices := listed(config, "moe_layers"):
        return layer in indices
    if step := config.get("interleave_moe_layer_step"):
        return (layer + 1) % int(step) == 0
    if period := config.get("expert_layer_period"):
        return layer % int(period) == number(config, "expert_layer_offset", default=0)
    if "decoder_sparse_step" in config:
        step = number(config, "decoder_sparse_step")
        return (layer + 1) % step == 0 and layer not in listed(config, "mlp_only_layers")
    if "moe_layer_start_index" in config:
        end = number(config, "moe_layer_end_index", default=-1)
        inside = layer >= config["moe_layer_start_index"] and (end < 0 or layer <= end)
        return inside and (layer + 1) % number(config, "moe_layer_interval", default=1) == 0
    first = number(config, "first_k_dense_replace", "num_dense_layers", default=0)
    return layer >= first and layer % number(config, "moe_layer_freq", default=1) == 0
