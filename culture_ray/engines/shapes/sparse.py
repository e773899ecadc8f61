"""Experts of a model: how many there are, how many a token uses, and which layers have them."""

from __future__ import annotations

from culture_ray.engines.shapes.fields import Config, listed, number


def has_experts(config: Config) -> bool:
    """Return True for a mixture of experts."""
    enabled = config.get("enable_moe_block", True)
    return bool(enabled) and expert_count(config) > 1


def expert_count(config: Config) -> int:
    """Return the experts of one layer that are not shared; 0 for a dense model."""
    return number(
        config, "num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts", default=0
    )


def chosen_experts(config: Config) -> int:
    """Return the number of experts that each token uses, without shared ones.

    Of LongCat's choices, those that fall on experts that do nothing are left out, in their share.
    """
    count = expert_count(config)
    chosen = number(
        config, "num_experts_per_tok", "num_experts_per_token", "top_k_experts", "moe_topk",
        "moe_k", "moe_top_k", default=count,
    )  # fmt: skip
    return chosen * count // (count + number(config, "zero_expert_num", default=0))


def is_sparse(config: Config, layer: int) -> bool:
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
        inside = layer >= number(config, "moe_layer_start_index") and (end < 0 or layer <= end)
        return inside and (layer + 1) % number(config, "moe_layer_interval", default=1) == 0
    first = number(config, "first_k_dense_replace", "num_dense_layers", default=0)
    return layer >= first and layer % number(config, "moe_layer_freq", default=1) == 0
