"""Bits of quantised weights, and which weights stay plain, from a model's configuration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from culture_ray.engines.shapes.fields import Config, text_part
from culture_ray.engines.shapes.kinds import Kind, layer_kinds

_BITS = {
    "awq": 4.0, "gptq": 4.0, "mxfp4": 4.25, "nvfp4": 4.5, "fp8": 8.0, "fbgemm_fp8": 8.0,
    "int8": 8.0, "experts_int8": 8.0, "bitsandbytes": 4.5, "modelopt_fp4": 4.5, "modelopt": 8.0,
    "mxfp8": 8.25, "mxfp4_online": 4.25,
}  # fmt: skip
"""Bits per weight with their scales, where the configuration does not state them."""

_TWICE_QUANTISED = 4.127
"""Bits per weight of bitsandbytes whose scales are quantised as well (QLoRA, arXiv 2305.14314)."""

_NAMES: Mapping[Kind, tuple[str, ...]] = {
    "attention": ("attn", "attention"), "sliding": ("attn", "attention"),
    "latent": ("attn", "attention"), "mamba": ("mamba", "mixer"), "mamba_1": ("mamba", "mixer"),
    "delta": ("linear_attn",), "lightning": ("attn",), "convolution": ("conv",),
}  # fmt: skip
"""Words for a kind of part in lists of modules that are not quantised."""

_PLAIN_LISTS = (
    "modules_to_not_convert", "ignore", "ignored_layers", "exclude_modules",
    "llm_int8_skip_modules",
)  # fmt: skip


def weight_bits(config: Config, engine_args: Mapping[str, Any]) -> float | None:
    """Return the bits per weight of quantised weights with their scales, None for plain ones."""
    quantisation = quantisation_of(config)
    stated = next(_stated_bits(quantisation), None)
    if stated is not None:
        return stated
    if quantisation.get("load_in_8bit"):
        return 8.0
    if quantisation.get("bnb_4bit_use_double_quant"):
        return _TWICE_QUANTISED
    names = (
        quantisation.get("quant_algo"), quantisation.get("quant_method"),
        engine_args.get("quantization"),
    )  # fmt: skip
    for method in (str(name).lower() for name in names if name):
        if method in _BITS:
            return _BITS[method]
        if (
            bits := next((size for name, size in _BITS.items() if name in method), None)
        ) is not None:
            return bits
    return None


def quantisation_of(config: Config) -> Config:
    """Return the description of quantised weights, empty for plain ones."""
    found = config.get("quantization_config") or config.get("compression_config")
    inner = (config.get("text_config") or {}).get("quantization_config")
    return found or inner or {}


def plain_parameters(config: Config, embeddings: int, by_kind: Mapping[Kind, int]) -> float:
    """Return the parameters that are not quantised: embeddings, and parts that the file excludes.

    Parts of a kind may be excluded together or layer by layer. MXFP4 as gpt-oss has it quantises
    experts alone.
    """
    quantisation = quantisation_of(config)
    names = [str(name) for key in _PLAIN_LISTS for name in quantisation.get(key) or ()]
    if quantisation.get("quant_method") == "mxfp4":
        return embeddings + sum(n for kind, n in by_kind.items() if kind != "experts")
    layers = Counter(kind for kinds in layer_kinds(text_part(config)) for kind in set(kinds))
    return embeddings + sum(
        count * min(1.0, _excluded_layers(kind, names, layers[kind]) / layers[kind])
        for kind, count in by_kind.items()
    )


def block_size(config: Config) -> int:
    """Return the weights that share a scale and stay together when layers are divided; 1 if any."""
    quantisation = quantisation_of(config)
    block = quantisation.get("weight_block_size")
    if isinstance(block, (list, tuple)) and block:
        return max(1, int(block[0]))
    if str(quantisation.get("quant_method")) in ("awq", "gptq", "auto-round"):
        return max(1, _group(quantisation))
    groups = [_group(weights) for weights in _weights_of_groups(quantisation)]
    return max([1, *groups])


def _excluded_layers(kind: Kind, names: list[str], layers: int) -> int:
    """Return in how many layers a kind of part is excluded as a whole."""
    numbers: set[str] = set()
    for name in names:
        parts = name.rstrip("$*.").split(".")
        if not any(word in _without_linear(kind, name) for word in _NAMES.get(kind, ())):
            continue
        numbered = [part for part in parts if part.isdigit()]
        if not numbered:
            return layers
        if any(word in parts[-1] for word in (*_NAMES[kind], "q_proj", "qkv_proj")):
            numbers.add(numbered[0])
    return len(numbers)


def _without_linear(kind: Kind, name: str) -> str:
    """Return a module's name in which linear attention is not taken for attention."""
    return name if kind == "delta" else name.replace("linear_attn", "linear")


def _stated_bits(quantisation: Config) -> Iterator[float]:
    """Yield the bits that a configuration states, with their scales and zero points.

    AWQ and GPTQ keep 16 bits for the scale of a group, and a zero point; compressed-tensors keeps
    one only if the weights are not symmetric. Floats of 4 bits have scales of 8 bits.
    """
    for name in ("bits", "w_bit", "wbits"):
        if quantisation.get(name) is not None:
            bits, group = float(quantisation[name]), _group(quantisation)
            yield bits + ((16 + bits) / group if group else 0.0)
    for weights in _weights_of_groups(quantisation):
        if weights.get("num_bits") is not None:
            bits, group = float(weights["num_bits"]), _group(weights)
            scale = 8.0 if weights.get("type") == "float" else 16.0
            zero = bits if weights.get("symmetric") is False else 0.0
            yield bits + ((scale + zero) / group if group else 0.0)


def _weights_of_groups(quantisation: Config) -> list[Config]:
    groups = quantisation.get("config_groups") or {}
    return [group.get("weights") or {} for group in groups.values()]


def _group(fields: Config) -> int:
    """Return the weights that share a scale; 0 if it is not by groups."""
    size = fields.get("group_size") or fields.get("q_group_size") or 0
    return max(0, int(size))
