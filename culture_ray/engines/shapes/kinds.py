"""Parts of each layer of a model: attention, recurrent mixers, dense layers, layers of experts."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle, islice
from typing import Literal

from culture_ray.engines.shapes.fields import Config, layer_count, listed, number
from culture_ray.engines.shapes.part import UnknownLayers
from culture_ray.engines.shapes.sparse import has_experts, is_sparse

Kind = Literal[
    "attention", "sliding", "latent", "mamba", "mamba_1", "delta", "lightning", "convolution",
    "mlp", "experts", "none",
]  # fmt: skip

_MIXERS: dict[str, Kind] = {
    "attention": "attention", "full_attention": "attention", "full": "attention",
    "global_attention": "attention", "indexed_attention": "attention",
    "sliding_attention": "sliding", "chunked_attention": "sliding", "local_attention": "sliding",
    "mamba": "mamba", "mamba2": "mamba", "linear_attention": "delta", "conv": "convolution",
    "none": "none",
}  # fmt: skip
_LONE: dict[str, Kind] = {
    "M": "mamba", "*": "attention", "-": "mlp", "E": "experts",
    "mamba": "mamba", "attention": "attention", "mlp": "mlp", "moe": "experts",
    "linear_attention": "mamba", "full_attention": "attention",
}  # fmt: skip
"""Layers of Nemotron-H, which consist of one part each."""

_ALL_MAMBA = ("mamba", "mamba2", "falcon_mamba")
_MAMBA_FIELDS = ("mamba_n_heads", "mamba_d_state", "mamba_num_heads")

_OTHERWISE_BUILT = frozenset(
    ("arctic", "blt", "doge", "hrm_text", "jetmoe", "moshi", "recurrent_gemma", "rwkv", "xlstm",
     "zamba", "BailingMoeV3ForCausalLM", "IQuestLoopCoderForCausalLM")
)  # fmt: skip
"""Model types and classes whose files look like those of other models, and whose layers are not
like theirs."""


def layer_kinds(config: Config) -> list[tuple[Kind, ...]]:
    """Return the parts of every layer; raises UnknownLayers for a kind that is not known."""
    model_type = config["model_type"]
    for name in (model_type, *listed(config, "architectures")):
        if name in _OTHERWISE_BUILT:
            raise UnknownLayers(f"layers of models of type {name} are not known")
    if model_type == "nemotron_h":
        pattern = config.get("hybrid_override_pattern") or listed(config, "layers_block_type")
        return [(_known(letter, _LONE),) for letter in pattern]
    if model_type.startswith("longcat_flash"):  # two of each beside one layer of experts
        layers = number(config, "num_layers", "num_hidden_layers")
        return [("latent", "latent", "mlp", "mlp", "experts") for _ in range(layers)]
    mixers = [_specific(kind, config) for kind in _mixers(config, layer_count(config))]
    if model_type in _ALL_MAMBA:  # without dense layers
        return [(mixer,) for mixer in mixers]
    both = ("mamba",) if model_type == "falcon_h1" else ()
    parts = [(mixer, *both, *_dense_or_experts(config, i)) for i, mixer in enumerate(mixers)]
    return [tuple(part for part in layer if part != "none") for layer in parts]


def _mixers(config: Config, layers: int) -> list[Kind]:
    named = listed(config, "layer_types", "layers_block_type", "layer_block_type", "block_types")
    if named:
        return [_known(name, _MIXERS) for name in named][:layers]
    if marks := listed(config, "attn_type_list"):
        return ["attention" if mark == 1 else "delta" for mark in marks]
    if linear := config.get("linear_attn_config"):
        full = listed(linear, "full_attn_layers")
        return ["attention" if layer + 1 in full else "delta" for layer in range(layers)]
    if group := number(config, "layer_group_size", default=0):  # Ring and Ling
        return ["delta" if (layer + 1) % group else "attention" for layer in range(layers)]
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


def _known(name: str, kinds: Mapping[str, Kind]) -> Kind:
    if name not in kinds:
        raise UnknownLayers(f"layers of type {name} are not known")
    return kinds[name]


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
    if kind == "delta" and config["model_type"].startswith(("minimax", "bailing")):
        return "lightning"
    if kind == "delta" and any(name in config for name in _MAMBA_FIELDS):
        kind = "mamba"  # newer files call every recurrent mixer linear attention
    if kind == "mamba" and config["model_type"] in ("mamba", "falcon_mamba", "jamba"):
        return "mamba_1"
    return kind


def _dense_or_experts(config: Config, layer: int) -> tuple[Kind, ...]:
    if listed(config, "mlp_layer_types")[layer : layer + 1] == ["none"]:
        return ()
    if not has_experts(config) or not is_sparse(config, layer):
        return ("mlp",)
    # Gemma 4 has a dense layer beside its experts.
    return ("mlp", "experts") if "top_k_experts" in config else ("experts",)
