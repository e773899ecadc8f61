"""Attention of one layer: grouped heads, or a latent cache that all heads share."""

from __future__ import annotations

from culture_ray.engines.shapes.fields import Config, hidden_size, number
from culture_ray.engines.shapes.part import Cache, LayerPart

_UNPACKED = frozenset(("minicpm3",))
"""Model types with latent attention whose keys and values vLLM caches head by head."""


def heads_of(config: Config) -> tuple[int, int, int]:
    """Return (heads, key-value heads, size of a head); raises KeyError for a gap."""
    heads = number(config, "num_attention_heads", "n_head", "n_heads", "attention_heads")
    stated = ("head_dim", "attention_head_dim", "kv_channels")
    size = number(config, *stated, default=hidden_size(config) // heads)
    if config.get("multi_query") and not config.get("new_decoder_architecture"):
        return heads, 1, size
    groups = (
        "num_key_value_heads", "num_kv_heads", "n_head_kv", "num_attention_groups", "kv_n_heads",
        "multi_query_group_num",
    )  # fmt: skip
    return heads, number(config, *groups, default=heads), size


def attention(config: Config) -> LayerPart:
    """Return attention over all tokens. Some models widen its heads, or share keys and values."""
    heads, kv_heads, size = heads_of(config)
    size = number(config, "global_head_dim", default=size)
    shares_values = bool(config.get("attention_k_eq_v"))
    if shares_values:
        kv_heads = number(config, "num_global_key_value_heads", default=kv_heads)
    return _grouped(config, heads, kv_heads, size, None, values=0 if shares_values else 1)


def sliding(config: Config) -> LayerPart:
    """Return attention over the last tokens."""
    heads, kv_heads, size = heads_of(config)
    heads = number(config, "swa_num_attention_heads", default=heads)
    kv_heads = number(config, "swa_num_key_value_heads", default=kv_heads)
    size = number(config, "swa_head_dim", default=size)
    window = number(config, "attention_chunk_size", "sliding_window_size", "sliding_window")
    return _grouped(config, heads, kv_heads, size, window)


def latent(config: Config) -> LayerPart:
    """Return multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1).

    One vector per token is cached, and every GPU keeps all of it; for types that vLLM 0.32 unpacks
    it for, keys and values of every head are cached instead.
    """
    hidden, (heads, _, size) = hidden_size(config), heads_of(config)
    rank, rope = number(config, "kv_lora_rank"), number(config, "qk_rope_head_dim")
    plain, values = number(config, "qk_nope_head_dim"), number(config, "v_head_dim", default=size)
    queries = heads * (plain + rope)
    query_rank = number(config, "q_lora_rank", default=0)
    of_queries = query_rank * (hidden + queries) if query_rank else hidden * queries
    of_keys = hidden * (rank + rope) + rank * heads * (plain + values)
    index = number(config, "index_head_dim", default=0)
    of_index = hidden * (index + number(config, "index_n_heads", default=0)) if index else 0
    of_index += query_rank * index * number(config, "index_n_heads", default=0)
    total = of_queries + of_keys + of_index + heads * values * hidden
    if config["model_type"] in _UNPACKED:
        return LayerPart(total, cache=Cache(heads, 2 * (plain + rope)))
    return LayerPart(total, cache=Cache(1, rank + rope + index))


def _grouped(
    config: Config, heads: int, kv_heads: int, size: int, window: int | None, values: int = 1
) -> LayerPart:
    hidden = hidden_size(config)
    value_size = number(config, "swa_v_head_dim" if window else "v_head_dim", default=size)
    gates = 2 if config.get("attn_output_gate") else 1
    rank = number(config, "share_q_dim", default=0)  # Step 3 makes its queries of fewer numbers
    queries = heads * gates * size
    total = (rank * (hidden + queries) if rank else hidden * queries) + heads * value_size * hidden
    if config.get("shares_cache"):
        return LayerPart(total)
    keys = hidden * kv_heads * (size + values * value_size)
    return LayerPart(total + keys, cache=Cache(kv_heads, size + value_size, window))
