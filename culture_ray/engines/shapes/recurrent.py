"""Mixers whose state has one size however long the sequence is: Mamba, linear attention."""

from __future__ import annotations

from culture_ray.engines.shapes.attention import heads_of
from culture_ray.engines.shapes.fields import Config, hidden_size, number
from culture_ray.engines.shapes.part import LayerPart


def mamba(config: Config) -> LayerPart:
    """Return a Mamba-2 mixer (arXiv 2405.21060)."""
    hidden = hidden_size(config)
    heads = number(config, "mamba_n_heads", "mamba_num_heads", "num_heads")
    size = number(config, "mamba_d_head", "mamba_head_dim", "head_dim")
    inner = number(config, "mamba_d_ssm", default=heads * size)
    groups = number(config, "mamba_n_groups", "n_groups", default=1)
    state = number(config, "mamba_d_state", "ssm_state_size", "state_size")
    kernel = number(config, "mamba_d_conv", "conv_kernel", default=4)
    convolved = inner + 2 * groups * state
    total = hidden * (inner + convolved + heads) + convolved * kernel + inner * hidden
    divided = (heads,) if groups == 1 else (heads, groups)
    return LayerPart(total, state=inner * state + convolved * (kernel - 1), divided=divided)


def mamba_1(config: Config) -> LayerPart:
    """Return a Mamba mixer (arXiv 2312.00752)."""
    hidden = hidden_size(config)
    expanded = number(config, "mamba_expand", "expand", default=2) * hidden
    inner = number(config, "intermediate_size", default=expanded)
    inner = inner if config["model_type"] in ("mamba", "falcon_mamba") else expanded
    state = number(config, "mamba_d_state", "state_size")
    kernel = number(config, "mamba_d_conv", "conv_kernel", default=4)
    rank = number(config, "mamba_dt_rank", "time_step_rank", default=-(-hidden // 16))
    total = hidden * 3 * inner + inner * (kernel + 2 * rank + 3 * state)
    return LayerPart(total, state=inner * (state + kernel - 1), divided=(inner,))


def delta(config: Config) -> LayerPart:
    """Return linear attention by the gated delta rule (arXiv 2412.06464; Kimi's: 2510.26692)."""
    hidden = hidden_size(config)
    if config["model_type"] == "kimi_linear":
        kimi = {**config, **(config.get("linear_attn_config") or {})}
        heads = number(kimi, "linear_num_heads", "num_heads")
        size = number(kimi, "linear_head_dim", "head_dim")
        kernel = number(kimi, "linear_conv_kernel_dim", "short_conv_kernel_size", default=4)
        width = heads * size
        gates = 2 * size * (hidden + width) + hidden * heads
        total = 4 * hidden * width + gates + 3 * width * kernel
        return LayerPart(total, state=width * (size + 3 * (kernel - 1)), divided=(heads,))
    key_heads = number(config, "linear_num_key_heads")
    value_heads = number(config, "linear_num_value_heads")
    key_size = number(config, "linear_key_head_dim")
    value_size = number(config, "linear_value_head_dim")
    kernel = number(config, "linear_conv_kernel_dim", default=4)
    keys, values = key_heads * key_size, value_heads * value_size
    total = hidden * (2 * keys + 3 * values + 2 * value_heads) + (2 * keys + values) * kernel
    state = value_heads * key_size * value_size + (2 * keys + values) * (kernel - 1)
    return LayerPart(total, state=state, divided=(key_heads, value_heads))


def lightning(config: Config) -> LayerPart:
    """Return MiniMax's linear attention (arXiv 2501.08313)."""
    heads, _, size = heads_of(config)
    return LayerPart(5 * hidden_size(config) * heads * size, state=heads * size * size)


def convolution(config: Config) -> LayerPart:
    """Return LFM2's gated short convolution."""
    hidden, kernel = hidden_size(config), number(config, "conv_L_cache", default=3)
    return LayerPart(hidden * (4 * hidden + kernel), state=hidden * (kernel - 1), divided=(hidden,))
