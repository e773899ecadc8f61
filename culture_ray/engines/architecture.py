"""Architecture of a model from its own config.json: no weights, no GPU and no network.

The file is read as plain JSON from a local folder or from the hub's cache. Some models omit the
defaults of their class; transformers supplies them where it is installed.
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
"""Model types whose MLP has two matrices; all others have three."""


def with_own_config(name: str, model: Model) -> Model:
    """Return the model with architecture, parameters and weight bits from its own config file.

    Without that file the values in conf/model are kept. Raises ModelFilesMissing if both are
    missing, or if the file cannot be read.
    """
    if model.engine != "vllm":
        return model
    path = local_file(model, "config.json")
    if path is None:
        if model.architecture is None or model.parameters is None:
            raise ModelFilesMissing(
                f"model {name}: config.json of {model.source} is neither in a local folder nor in "
                f"the hub's cache, and conf/model does not state architecture and parameters: "
                f"download it once (hf download {model.source} config.json), or state them"
            )
        return model
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        config = _with_defaults(content)
        shape = architecture(config)
        counted = parameters(config, shape)
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelFilesMissing(
            f"model {name}: {path} cannot be read as the configuration of a language model "
            f"({type(error).__name__}: {' '.join(str(error).split())[:120]}): download it again"
        ) from error
    return replace(
        model,
        architecture=replace(shape, active_parameters=active_parameters(config, counted)),
        parameters=counted,
        weight_bits=model.weight_bits or weight_bits(content, model.engine_args),
    )


def local_file(model: Model, name: str) -> Path | None:
    """Return the path of a model's file on this machine, None if it is absent; uses no network."""
    if (known := embedded.MODELS.get(model.source)) is not None:
        path = known.folder / name
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
    except HFValidationError:  # a missing local folder, not a hub name
        return None
    return Path(found) if isinstance(found, str) else None


def architecture(config: Mapping[str, Any]) -> Architecture:
    """Return the architecture in a text model's configuration; raises KeyError for a gap."""
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
    """Return the number of parameters: embeddings, attention, MLPs or experts; without norms."""
    tied = config.get("tie_word_embeddings", True)
    embeddings = shape.vocabulary * shape.hidden * (1 if tied else 2)
    attention = shape.hidden * shape.head_dim * 2 * (shape.heads + shape.kv_heads)
    experts, _ = _experts(config)
    mlp = _mlp(config, shape) * max(experts, 1) + experts * shape.hidden
    return float(embeddings + shape.layers * (attention + mlp))


def active_parameters(config: Mapping[str, Any], counted: float) -> float | None:
    """Return the parameters used per token in a mixture of experts, None for a dense model."""
    experts, used = _experts(config)
    if not experts or not used:
        return None
    idle = (experts - used) * _mlp(config, architecture(config))
    return counted - int(config["num_hidden_layers"]) * idle


def weight_bits(config: Mapping[str, Any], engine_args: Mapping[str, Any]) -> float | None:
    """Return the bits per weight of quantised weights, None for plain ones."""
    quantisation = config.get("quantization_config") or {}
    method = str(quantisation.get("quant_method") or engine_args.get("quantization") or "")
    groups = [
        group.get("weights") or {} for group in (quantisation.get("config_groups") or {}).values()
    ]
    stated = quantisation.get("bits") or next(
        (g["num_bits"] for g in groups if "num_bits" in g), None
    )
    if stated is not None:
        return float(stated)
    if quantisation.get("load_in_4bit") or method in {"awq", "gptq", "mxfp4", "nvfp4"}:
        return 4.0
    if quantisation.get("load_in_8bit") or "fp8" in method or "int8" in method:
        return 8.0
    return None


def _mlp(config: Mapping[str, Any], shape: Architecture) -> int:
    width = config.get("moe_intermediate_size") if _experts(config)[0] else None
    matrices = 2 if config.get("model_type") in _PLAIN_MLP else 3
    return matrices * shape.hidden * int(width or config["intermediate_size"])


def _experts(config: Mapping[str, Any]) -> tuple[int, int]:
    """Return (experts per layer, experts per token); zeros for a dense model."""
    names = ("num_local_experts", "num_experts", "n_routed_experts")
    experts = next((int(config[name]) for name in names if config.get(name)), 0)
    return experts, int(config.get("num_experts_per_tok") or 0) if experts else 0


def _sliding(config: Mapping[str, Any], layers: int) -> tuple[int | None, int]:
    """Return (window in tokens, number of layers that use it)."""
    window = config.get("sliding_window")
    if not window or config.get("use_sliding_window") is False:
        return None, 0
    kinds = config.get("layer_types")
    if kinds:
        return int(window), sum(kind == "sliding_attention" for kind in kinds)
    if config.get("model_type") == "gemma2":  # every other layer, starting with the first
        return int(window), -(-layers // 2)
    every = config.get("sliding_window_pattern")
    return int(window), layers - layers // int(every) if every else layers


def _with_defaults(content: Any) -> Mapping[str, Any]:
    """Return the text part of a configuration with defaults; raises KeyError for a gap."""
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
    plain = {key: value for key, value in content.items() if key != "quantization_config"}
    whole = CONFIG_MAPPING[content["model_type"]](**plain)
    filled: Mapping[str, Any] = whole.get_text_config().to_dict()
    return filled
