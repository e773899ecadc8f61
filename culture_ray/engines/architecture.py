"""A model's shape from its own config.json, without weights, without a GPU and without a network.

The file is read as plain JSON from a local folder or from the hub's cache. Some models leave out
what their class has as a default; transformers fills that in where it is installed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from culture_ray.engines import embedded
from culture_ray.engines.model import Architecture, Model
from culture_ray.errors import ModelFilesMissing

_PLAIN_MLP = frozenset(
    ("bloom", "falcon", "gpt2", "gpt_bigcode", "gpt_neox", "mpt", "nemotron", "opt", "phi",
     "starcoder2")
)  # fmt: skip
"""Model types whose MLP has two matrices; that of the others has three."""


def as_its_config_says(name: str, model: Model) -> Model:
    """Return the model with architecture, parameters and weight bits from its own config file.

    Where the file is not here, what conf/model states stands. Raises ModelFilesMissing when neither
    tells, or when the file cannot be read.
    """
    if model.engine != "vllm":
        return model
    path = local_file(model, "config.json")
    if path is None:
        if model.architecture is None or model.parameters is None:
            raise ModelFilesMissing(
                f"model {name}: there is no config.json of {model.source} in a local folder or in "
                f"the hub's cache, and conf/model does not state its architecture and parameters: "
                f"fetch it once (hf download {model.source} config.json), or state them"
            )
        return model
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        described = _filled(content)
        shape = architecture(described)
        counted = parameters(described, shape)
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelFilesMissing(
            f"model {name}: {path} cannot be read as the configuration of a language model "
            f"({type(error).__name__}: {' '.join(str(error).split())[:120]}): fetch it again"
        ) from error
    return replace(
        model,
        architecture=replace(shape, active_parameters=active_parameters(described, counted)),
        parameters=counted,
        weight_bits=model.weight_bits or weight_bits(content, model.engine_args),
    )


def local_file(model: Model, name: str) -> Path | None:
    """Return a file of a model that is on this machine, None when it is not; asks no network."""
    if model.source == embedded.SOURCE:
        path = embedded.folder() / name
        return path if path.exists() else None
    folder = Path(model.source).expanduser()
    if folder.is_dir():
        return folder / name
    try:
        from huggingface_hub import try_to_load_from_cache
        from huggingface_hub.errors import HFValidationError
    except ImportError:
        return None
    try:
        found = try_to_load_from_cache(model.source, name, revision=model.revision)
    except HFValidationError:  # a folder that is not there is no name of the hub
        return None
    return Path(found) if isinstance(found, str) else None


def architecture(config: Mapping[str, Any]) -> Architecture:
    """Return the shape that a text model's configuration states; raises KeyError for a gap."""
    heads = int(config["num_attention_heads"])
    hidden = int(config["hidden_size"])
    layers = int(config["num_hidden_layers"])
    window, sliding = _sliding(config, layers)
    return Architecture(
        layers=layers,
        hidden=hidden,
        heads=heads,
        kv_heads=int(config.get("num_key_value_heads") or heads),
        head_dim=int(config.get("head_dim") or hidden // heads),
        vocabulary=int(config["vocab_size"]),
        sliding_layers=sliding,
        sliding_window=window if sliding else None,
    )


def parameters(config: Mapping[str, Any], shape: Architecture) -> float:
    """Return the number of parameters: embeddings, attention, MLPs or experts; norms left out."""
    tied = config.get("tie_word_embeddings", True)
    embeddings = shape.vocabulary * shape.hidden * (1 if tied else 2)
    attention = shape.hidden * shape.head_dim * 2 * (shape.heads + shape.kv_heads)
    experts, _ = _experts(config)
    mlp = _mlp(config, shape) * max(experts, 1) + experts * shape.hidden
    return float(embeddings + shape.layers * (attention + mlp))


def active_parameters(config: Mapping[str, Any], counted: float) -> float | None:
    """Return the parameters that one token passes in a mixture of experts, else None."""
    experts, used = _experts(config)
    if not experts or not used:
        return None
    idle = (experts - used) * _mlp(config, architecture(config))
    return counted - int(config["num_hidden_layers"]) * idle


def weight_bits(config: Mapping[str, Any], engine_args: Mapping[str, Any]) -> float | None:
    """Return the bits per weight of quantised weights, None for plain ones."""
    found = config.get("quantization_config") or {}
    method = str(found.get("quant_method") or engine_args.get("quantization") or "")
    groups = [group.get("weights") or {} for group in (found.get("config_groups") or {}).values()]
    stated = found.get("bits") or next((g["num_bits"] for g in groups if "num_bits" in g), None)
    if stated is not None:
        return float(stated)
    if found.get("load_in_4bit") or method in {"awq", "gptq", "mxfp4", "nvfp4"}:
        return 4.0
    if found.get("load_in_8bit") or "fp8" in method or "int8" in method:
        return 8.0
    return None


def _mlp(config: Mapping[str, Any], shape: Architecture) -> int:
    width = config.get("moe_intermediate_size") if _experts(config)[0] else None
    matrices = 2 if config.get("model_type") in _PLAIN_MLP else 3
    return matrices * shape.hidden * int(width or config["intermediate_size"])


def _experts(config: Mapping[str, Any]) -> tuple[int, int]:
    """Return (experts per layer, experts that a token passes); zeros for a dense model."""
    names = ("num_local_experts", "num_experts", "n_routed_experts")
    experts = next((int(config[name]) for name in names if config.get(name)), 0)
    return experts, int(config.get("num_experts_per_tok") or 0) if experts else 0


def _sliding(config: Mapping[str, Any], layers: int) -> tuple[int | None, int]:
    """Return (window, layers that have it)."""
    window = config.get("sliding_window")
    if not window or config.get("use_sliding_window") is False:
        return None, 0
    kinds = config.get("layer_types")
    if kinds:
        return int(window), sum(kind == "sliding_attention" for kind in kinds)
    if config.get("model_type") == "gemma2":  # every other layer, beginning with the first
        return int(window), -(-layers // 2)
    every = config.get("sliding_window_pattern")
    return int(window), layers - layers // int(every) if every else layers


def _filled(content: Any) -> Mapping[str, Any]:
    """Return the text part of a configuration; raises KeyError where a size is left open."""
    config = content.get("text_config") or content
    needed = ("num_attention_heads", "hidden_size", "num_hidden_layers", "vocab_size")
    missing = [name for name in (*needed, "intermediate_size") if name not in config]
    if not missing:
        return config if isinstance(config, Mapping) else {}
    try:
        from transformers import CONFIG_MAPPING
    except ImportError:
        raise KeyError(f"it has no {missing[0]}, and transformers is not installed") from None
    if content.get("model_type") not in CONFIG_MAPPING:
        raise KeyError(f"it has no {missing[0]}")
    kept = {key: value for key, value in content.items() if key != "quantization_config"}
    whole = CONFIG_MAPPING[content["model_type"]](**kept)
    filled: Mapping[str, Any] = whole.get_text_config().to_dict()
    return filled
