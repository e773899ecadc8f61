"""Dense layers and layers of experts."""

from __future__ import annotations

from culture_ray.engines.shapes.fields import Config, hidden_size, number
from culture_ray.engines.shapes.kinds import expert_count, has_experts
from culture_ray.engines.shapes.part import LayerPart

_WITHOUT_GATE = frozenset(
    ("apertus", "arcee", "bloom", "codegen", "falcon", "gpt2", "gpt_bigcode", "gpt_neox", "gptj",
     "jais2", "mpt", "nanochat", "nemotron", "nemotron_h", "opt", "persimmon", "phi",
     "starcoder2", "xglm")
)  # fmt: skip
"""Model types whose dense layers have two matrices; those of others have three."""


def mlp(config: Config) -> LayerPart:
    """Return a dense layer."""
    width = _width(config)
    return LayerPart(_matrices(config) * hidden_size(config) * width, divided=(width,))


def experts(config: Config) -> LayerPart:
    """Return a layer of experts with its router and shared experts."""
    hidden, count = hidden_size(config), expert_count(config)
    width = number(config, "moe_intermediate_size", "moe_ffn_hidden_size", "intermediate_size")
    inner = number(config, "moe_latent_size", default=0)
    one = _matrices(config) * (inner or hidden) * width
    idle = max(0, count - chosen_experts(config)) * one
    shared = _matrices(config) * hidden * _shared_width(config, width)
    total = count * one + shared + hidden * (count + 2 * inner)
    return LayerPart(total, idle, divided=(width,))


def chosen_experts(config: Config) -> int:
    """Return the number of experts that each token uses, without shared ones."""
    return number(
        config, "num_experts_per_tok", "num_experts_per_token", "top_k_experts", "moe_topk",
        "moe_k", "moe_top_k", default=expert_count(config),
    )  # fmt: skip


def _matrices(config: Config) -> int:
    plain = config["model_type"] in _WITHOUT_GATE
    return 2 if plain or config.get("hidden_act") == "xielu" else 3


def _width(config: Config) -> int:
    if not has_experts(config):
        # Granite 4 without experts has only the shared one.
        shared = number(config, "shared_intermediate_size", default=0)
        if shared:
            return shared
    default = 4 * hidden_size(config)
    width = number(
        config, "intermediate_size_mlp", "intermediate_size", "ffn_hidden_size", "n_inner",
        "ffn_dim", default=default,
    )  # fmt: skip
    if config.get("block_auto_adjust_ff_dim"):  # LFM2
        multiple = number(config, "block_multiple_of", default=256)
        width = int(float(config.get("block_ffn_dim_multiplier") or 1) * (2 * width // 3))
        width = -(-width // multiple) * multiple
    return width * (2 if config.get("shares_cache") and config.get("use_double_wide_mlp") else 1)


def _shared_width(config: Config, width: int) -> int:
    count = number(
        config, "n_shared_experts", "num_shared_experts", "num_shared_expert",
        "moe_num_shared_experts", default=0,
    )  # fmt: skip
    one = number(
        config, "shared_expert_intermediate_size", "shared_intermediate_size",
        "moe_shared_expert_intermediate_size", "moe_shared_expert_intermediate", default=0,
    )  # fmt: skip
    if config["model_type"] == "llama4_text":  # one shared expert, which its file does not mention
        return width
    return one * max(count, 1) if one else count * width
