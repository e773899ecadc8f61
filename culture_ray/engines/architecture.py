"""Architecture of a model from its own files: no weights are read, no GPU and no network is needed.

config.json is read as plain JSON from a local folder or from the hub's cache. Some models omit the
defaults of their class; transformers supplies them where it is installed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from culture_ray.engines import embedded
from culture_ray.engines.model import DEFAULT_LENGTH, Model
from culture_ray.engines.model_shape import Architecture, LayerCaches
from culture_ray.engines.shapes.attention import heads_of
from culture_ray.engines.shapes.context import context_length
from culture_ray.engines.shapes.fields import (
    Config,
    hidden_size,
    layer_count,
    text_part,
    vocabulary_size,
)
from culture_ray.engines.shapes.part import UnknownLayers
from culture_ray.engines.shapes.sizes import Sizes, sizes
from culture_ray.engines.shapes.stored import Stored, stored_weights
from culture_ray.engines.shapes.weights import (
    block_size,
    plain_parameters,
    quantisation_of,
    weight_bits,
)
from culture_ray.errors import ModelFilesMissing

_STATE = "state parameters and architecture in the model's file"

_BYTES = {"float32": 4, "float": 4, "float16": 2, "bfloat16": 2}


def with_own_config(name: str, model: Model) -> Model:
    """Return the model with architecture, parameters and weight bits from its own config file.

    Without that file, or if it is of an unknown kind, the values in conf/model are kept. Raises
    ModelFilesMissing if there is neither.
    """
    if model.engine != "vllm":
        return model
    path = local_file(model, "config.json")
    if path is None:
        if model.architecture is None or model.parameters is None:
            raise ModelFilesMissing(
                f"model {name}: config.json of {model.source} is neither in a local folder nor in "
                f"the hub's cache, and conf/model does not state architecture and parameters: "
                f"download it once (hf download {model.source} config.json), or state them in its "
                f"file or on the command line"
            )
        return replace(model, weight_bits=model.weight_bits or weight_bits({}, model.engine_args))
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return _described(model, _with_defaults(content, path.parent), stored_weights(path.parent))
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        stated = model.architecture is not None and model.parameters is not None
        if stated and isinstance(error, (UnknownLayers, KeyError)):
            return replace(
                model, weight_bits=model.weight_bits or weight_bits({}, model.engine_args)
            )
        raise ModelFilesMissing(
            f"model {name}: {path} cannot be read as the configuration of a language model "
            f"({type(error).__name__}: {' '.join(str(error).split())[:120]}): "
            + (_STATE if isinstance(error, UnknownLayers) else f"download it again, or {_STATE}")
        ) from error


def local_file(model: Model, name: str) -> Path | None:
    """Return the path of a model's file on this machine, None if it is absent; uses no network."""
    if (known := embedded.MODELS.get(model.source)) is not None:
        path = known.folder / name
        return path if path.exists() else None
    folder = Path(model.source).expanduser()
    if folder.is_dir():
        return folder / name
    try:
        from huggingface_hub.constants import HF_HUB_CACHE

        # The hub's other modules take long to import, and most planned models are not here.
        if not (Path(HF_HUB_CACHE) / f"models--{model.source.replace('/', '--')}").is_dir():
            return None
        from huggingface_hub import try_to_load_from_cache
        from huggingface_hub.errors import HFValidationError
    except ImportError:
        return None
    try:
        found = try_to_load_from_cache(model.source, name, revision=model.revision)
    except HFValidationError:  # a missing local folder, not a hub name
        return None
    return Path(found) if isinstance(found, str) else None


def hub_commit(model: Model) -> str | None:
    """Return the commit of a model's repository that the hub's cache of this machine has.

    None for a model that is not from the hub, or not on this machine; uses no network.
    """
    for name in ("config.json", "adapter_config.json"):
        path = local_file(model, name)
        if path is not None and path.parent.parent.name == "snapshots":
            return path.parent.name
    return None


def _described(model: Model, content: Config, stored: Stored | None) -> Model:
    """Return the model with what its configuration and its weight files say."""
    found = sizes(content)
    bits = model.weight_bits or weight_bits(content, model.engine_args)
    parameters, plain = float(found.parameters), None
    if bits is not None:
        embeddings = found.parameters - sum(found.by_kind.values())
        plain = float(plain_parameters(content, embeddings, found.by_kind))
        if stored is not None and quantisation_of(content) and parameters > plain:
            bits = max(1.0, 8 * (stored.size - 2 * plain) / (parameters - plain))
    elif stored is not None:
        number_type = str(content.get("dtype") or content.get("torch_dtype") or "bfloat16")
        parameters = float(stored.parameters or stored.size / _BYTES.get(number_type, 2))
    config = text_part(content)
    longest = context_length(config)
    by_default = model.max_model_len == DEFAULT_LENGTH
    return replace(
        model,
        architecture=_architecture(content, config, found),
        parameters=parameters,
        weight_bits=bits,
        plain_parameters=plain,
        model_type=config["model_type"] or None,
        context_length=longest,
        max_model_len=min(DEFAULT_LENGTH, longest or DEFAULT_LENGTH)
        if by_default
        else model.max_model_len,
    )


def _architecture(content: Config, config: Config, found: Sizes) -> Architecture:
    heads, kv_heads, size = _heads(config, found)
    caches = tuple(LayerCaches(n, c.heads, c.numbers, c.window) for c, n in found.caches.items())
    windows = [cache for cache in caches if cache.window]
    same = {(cache.heads, cache.numbers) for cache in caches} == {(kv_heads, 2 * size)}
    layers = layer_count(config)
    alike = same and len(windows) <= 1 and sum(cache.layers for cache in caches) == layers
    block = block_size(content)
    divided = {n // block if n % block == 0 else n for n in found.divided}
    return Architecture(
        layers=layers,
        hidden=hidden_size(config),
        heads=heads,
        kv_heads=kv_heads,
        head_dim=size,
        vocabulary=vocabulary_size(config),
        sliding_layers=sum(cache.layers for cache in windows),
        sliding_window=windows[0].window if windows else None,
        active_parameters=found.active,
        cached=() if alike else caches or (LayerCaches(0, kv_heads, 0),),
        state=float(found.state),
        divided=tuple(sorted(n for n in divided if n % heads)),
    )


def _heads(config: Config, found: Sizes) -> tuple[int, int, int]:
    """Return heads, key-value heads and their size; of a model without attention, one head."""
    if found.caches:
        return heads_of(config)
    return max(found.divided, default=1), 1, 1


def _with_defaults(content: Any, folder: Path) -> Config:
    """Return a configuration in which nothing that is needed is missing.

    The description of quantised weights may be in a file beside it. Raises KeyError for a gap,
    TypeError for content that is not a mapping.
    """
    if not isinstance(content, Mapping):
        raise TypeError("it is not a mapping")
    whole: Config = content
    beside = folder / "hf_quant_config.json"  # as NVIDIA's ModelOpt writes it
    if not quantisation_of(whole) and beside.is_file():
        written = json.loads(beside.read_text(encoding="utf-8"))
        whole = {**whole, "quantization_config": written.get("quantization") or {}}
    try:
        sizes(whole)
    except KeyError as gap:
        return _completed(whole, str(gap.args[0]))
    return whole


def _completed(content: Config, missing: str) -> Config:
    """Return a configuration with the defaults of its class in transformers."""
    try:
        from transformers import CONFIG_MAPPING
    except ImportError:
        raise KeyError(f"it has no {missing}, and transformers is not installed") from None
    if content.get("model_type") not in CONFIG_MAPPING:
        raise KeyError(f"it has no {missing}")
    plain = {key: value for key, value in content.items() if key != "quantization_config"}
    whole: dict[str, Any] = CONFIG_MAPPING[content["model_type"]](**plain).to_dict()
    return {**whole, "quantization_config": content.get("quantization_config")}
