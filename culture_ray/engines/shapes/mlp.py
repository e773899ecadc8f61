"""Dense layers and layers of experts."""

from __future__ import annotations

from culture_ray.engines.shapes.fields import Config, hidden_size, listed, number
from culture_ray.engines.shapes.part import LayerPart
from culture_ray.engines.shapes.sparse import chosen_experts, expert_count, has_experts

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
    """Return a layer of experts with its router and shared experts.

    Where a file lists widths, the first are the experts of words and the others those of images
    (ERNIE 4.5 VL), which no word uses.
    """
    hidden, count = hidden_size(config), expert_count(config)
    names = (
        "moe_intermediate_size", "expert_ffn_hidden_size", "moe_ffn_hidden_size",
        "intermediate_size", "ffn_hidden_size",
    )  # fmt: skip
    widths = listed(config, *names) or [number(config, *names)]
    inner = number(config, "moe_latent_size", default=0)
    one, *others = [_matrices(config) * (inner or hidden) * width for width in widths]
    idle = max(0, count - chosen_experts(config)) * one + count * sum(others)
    shared = _matrices(config) * hidden * _shared_width(config, widths[0])
    total = count * (one + sum(others)) + shared + hidden * (count * len(widths) + 2 * inner)
    return LayerPart(total, idle, divided=tuple(widths))


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
        "moe_shared_expert_intermediate_size", "moe_shared_expert_intermediate",
        "share_expert_dim", default=0,
    )  # fmt: skip
    if config["model_type"] == "llama4_text":  # one shared expert, which its file does not mention
        return width
    return one * max(count, 1) if one else count * width
