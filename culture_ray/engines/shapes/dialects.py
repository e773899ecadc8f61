"""Fields that some model types name or nest in ways of their own, in the common form; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from culture_ray.engines.shapes.part import UnknownLayers

_NESTED = ("attn_config", "ffn_config")
"""Parts in which DBRX and MPT keep the fields of their layers."""

_OF_WINDOWS = {
    "num_attention_heads": "swa_num_attention_heads",
    "num_attention_groups": "swa_num_key_value_heads",
    "head_dim": "swa_head_dim",
}
"""Fields of layers with a window, by their names in Step 3.5's `attention_other_setting`."""


def common_form(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a text model with those of its type's own form in the common one.

    Raises UnknownLayers for layers that architecture search replaced by another kind.
    """
    flat: dict[str, Any] = {}
    for name in _NESTED:
        flat |= {key: value for key, value in _part(config, name).items() if value is not None}
    flat |= config
    if isinstance(chosen := config.get("moe_layers_enum"), str):  # Step 3: "4,5,6"
        flat["moe_layers"] = [int(layer) for layer in chosen.split(",") if layer.strip()]
    if config.get("multi_query_attention") is False:  # ChatGLM
        flat.pop("multi_query_group_num", None)
    local = _part(config, "attention_other_setting")
    flat |= {name: local[own] for own, name in _OF_WINDOWS.items() if own in local}
    return flat | _searched_blocks(config)


def _searched_blocks(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return lists with an entry per layer for models found by architecture search (DeciLM).

    Their layers differ in key-value heads and width, and may lack attention or the dense layer.
    """
    blocks = config.get("block_configs")
    if not isinstance(blocks, list) or not all(isinstance(block, Mapping) for block in blocks):
        return {}
    heads, hidden = int(config["num_attention_heads"]), int(config["hidden_size"])
    attentions = [_part(block, "attention") for block in blocks]
    layers = [_part(block, "ffn") for block in blocks]
    if any(part.get("replace_with_linear") for part in (*attentions, *layers)):
        raise UnknownLayers("layers that are replaced by a linear one are not known")
    if not all(attentions) or not all(layers):
        raise UnknownLayers("layers without `attention` and `ffn` in block_configs are not known")
    groups = [heads // int(part.get("n_heads_in_group") or heads) for part in attentions]
    return {
        "num_key_value_heads": groups,
        "intermediate_size": [_width(part, hidden) for part in layers],
        "layer_types": ["none" if part.get("no_op") else "attention" for part in attentions],
        "mlp_layer_types": ["none" if part.get("no_op") else "dense" for part in layers],
    }


def _width(part: Mapping[str, Any], hidden: int) -> int:
    """Return the width of a dense layer: two thirds of a multiple, rounded up to 256."""
    stated = part.get("intermediate_size")
    if stated is not None:
        return int(stated)
    return -(-int(2 * float(part.get("ffn_mult") or 0) * hidden / 3) // 256) * 256


def _part(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a nested part, empty if there is none."""
    part = config.get(name)
    return part if isinstance(part, Mapping) else {}
