"""Bits of quantised weights, and which weights stay plain, from a model's configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from culture_ray.engines.shapes.fields import Config
from culture_ray.engines.shapes.kinds import Kind

_BITS = {
    "awq": 4.0, "gptq": 4.0, "mxfp4": 4.25, "nvfp4": 4.5, "fp8": 8.0, "fbgemm_fp8": 8.0,
    "int8": 8.0, "experts_int8": 8.0, "bitsandbytes": 4.0, "modelopt": 8.0, "modelopt_fp4": 4.5,
    "mxfp8": 8.25, "mxfp4_online": 4.25,
}  # fmt: skip
"""Bits per weight with their scales, where the configuration does not state them."""

_GROUP_BITS = 20.0
"""Bits per group of 4-bit weights for its scale and zero point (AWQ, GPTQ)."""

_NAMES: Mapping[Kind, tuple[str, ...]] = {
    "attention": ("attn", "attention"), "sliding": ("attn", "attention"),
    "latent": ("attn", "attention"), "mamba": ("mamba", "mixer"), "mamba_1": ("mamba", "mixer"),
    "delta": ("linear_attn",), "lightning": ("attn",), "convolution": ("conv",),
}  # fmt: skip
"""Words for a kind of part in lists of modules that are not quantised."""


def weight_bits(config: Config, engine_args: Mapping[str, Any]) -> float | None:
    """Return the bits per weight of quantised weights, None for plain ones."""
    quantisation = quantisation_of(config)
    method = str(quantisation.get("quant_method") or engine_args.get("quantization") or "")
    bits = next(_stated_bits(quantisation), None)
    if bits is not None:
        group = quantisation.get("group_size") or quantisation.get("q_group_size") or 0
        return float(bits) + (_GROUP_BITS / int(group) if int(group) > 0 and bits < 8 else 0.0)
    if quantisation.get("load_in_8bit"):
        return 8.0
    if method in _BITS:
        return _BITS[method]
    return next((size for name, size in _BITS.items() if name in method), None)


def quantisation_of(config: Config) -> Config:
    """Return the description of quantised weights, empty for plain ones."""
    found = config.get("quantization_config") or config.get("compression_config")
    inner = (config.get("text_config") or {}).get("quantization_config")
    return found or inner or {}


def plain_parameters(config: Config, embeddings: int, by_kind: Mapping[Kind, int]) -> int:
    """Return the parameters that are not quantised: embeddings, and kinds the file excludes.

    MXFP4 as gpt-oss has it quantises experts alone.
    """
    quantisation = quantisation_of(config)
    names = [
        str(name)
        for key in ("modules_to_not_convert", "ignore", "ignored_layers")
        for name in quantisation.get(key) or ()
    ]
    only_experts = quantisation.get("quant_method") == "mxfp4"
    return embeddings + sum(
        count
        for kind, count in by_kind.items()
        if (only_experts and kind != "experts") or _excluded(kind, names)
    )


def block_size(config: Config) -> int:
    """Return the weights that share a scale and stay together when layers are divided; 1 if any."""
    quantisation = quantisation_of(config)
    block = quantisation.get("weight_block_size")
    if isinstance(block, (list, tuple)) and block:
        return max(1, int(block[0]))
    if str(quantisation.get("quant_method")) in ("awq", "gptq"):
        return max(1, int(quantisation.get("group_size") or quantisation.get("q_group_size") or 1))
    return 1


def _excluded(kind: Kind, names: list[str]) -> bool:
    """Return True if a kind is excluded as a whole; single layers of it are not counted."""
    words = _NAMES.get(kind, ())
    return any(
        word in name.replace("linear_attn", "linear") or (word == "linear_attn" and word in name)
        for word in words
        for name in names
        if not any(part.isdigit() for part in name.split("."))
    )


def _stated_bits(quantisation: Config) -> Iterator[Any]:
    for name in ("bits", "w_bit", "wbits"):
        if quantisation.get(name) is not None:
            yield quantisation[name]
    groups = quantisation.get("config_groups") or {}
    for group in groups.values():
        bits = (group.get("weights") or {}).get("num_bits")
        if bits is not None:
            yield bits
