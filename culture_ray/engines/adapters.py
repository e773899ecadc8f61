"""LoRA adapters: their base and rank, from adapter_config.json; and engines that models share."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from culture_ray.engines.architecture import local_file
from culture_ray.engines.model import Model
from culture_ray.engines.model_card import ModelCard
from culture_ray.errors import ModelFilesMissing, WrongValue

_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""Values of vLLM's max_lora_rank."""

_QUANTISED_COPY = re.compile(r"(-unsloth)?-bnb-4bit$")
"""End of the names of copies in 4 bits, on which adapters are often trained."""


@dataclass(frozen=True)
class SharedEngines:
    """Engines of models, of which those with adapters for one base share one."""

    models: Mapping[str, Model]
    """Models by the name of their engine."""
    engines: Mapping[str, str]
    """Names of engines, by model."""
    adapters: Mapping[str, str]
    """Adapters, by model; none for a model without one."""


def shared_engines(models: Mapping[str, Model]) -> SharedEngines:
    """Return the engines of models: one for a base with all of its adapters.

    It has the name of the first of them. Raises as `adapter_rank` does.
    """
    bases: dict[str, Model] = {}
    engines: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    for name, model in models.items():
        same = (other for other, base in bases.items() if base == _base(model))
        with_adapter = model.adapter is not None
        engine = next((e for e in same if with_adapter or _any_adapter(models, members[e])), name)
        bases.setdefault(engine, _base(model))
        members.setdefault(engine, []).append(name)
        engines[name] = engine
    adapters = {name: model.adapter for name, model in models.items() if model.adapter}
    found = {engine: _with_adapters(models, names) for engine, names in members.items()}
    return SharedEngines(found, engines, adapters)


def adapter_rank(key: str, model: Model) -> int:
    """Return the rank of a model's adapter.

    `key` is the model's key in the configuration. Raises ModelFilesMissing if the adapter is not on
    this machine, WrongValue if it is no LoRA adapter, or one for another base.
    """
    if model.engine != "vllm":
        raise WrongValue(f"{key}.adapter", model.adapter, "null: only vLLM loads adapters")
    path = local_file(
        replace(model, source=str(model.adapter), revision=None), "adapter_config.json"
    )
    if path is None or not path.is_file():
        raise ModelFilesMissing(
            f"{key}.adapter: adapter_config.json of {model.adapter} is neither in a local folder "
            f"nor in the hub's cache: download it once (hf download {model.adapter})"
        )
    try:
        config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        kind, base, rank = config["peft_type"], config["base_model_name_or_path"], int(config["r"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelFilesMissing(
            f"{key}.adapter: {path} cannot be read as the configuration of a LoRA adapter "
            f"({type(error).__name__}: {error}): download it again"
        ) from error
    if kind != "LORA":
        raise WrongValue(f"{key}.adapter", model.adapter, f"a LoRA adapter; this one is {kind}")
    if base and _plain_name(str(base)) != _plain_name(model.source):
        expected = f"an adapter for {model.source}; this one is for {base}"
        raise WrongValue(f"{key}.adapter", model.adapter, expected)
    if rank > _RANKS[-1]:
        expected = f"a rank of at most {_RANKS[-1]}; this one has {rank}"
        raise WrongValue(f"{key}.adapter", model.adapter, expected)
    return rank


def loaded_sources(name: str, model: Model) -> Iterator[tuple[str, Model]]:
    """Yield everything that is loaded for a model: itself, its adapter, its draft model."""
    yield name, model
    if model.adapter:
        yield f"{name}, adapter", replace(model, source=model.adapter, revision=None)
    draft = (model.engine_args.get("speculative_config") or {}).get("model")
    if draft:
        yield f"{name}, draft model", replace(model, source=str(draft), revision=None)


def _any_adapter(models: Mapping[str, Model], names: list[str]) -> bool:
    return any(models[name].adapter is not None for name in names)


def _base(model: Model) -> Model:
    """Return a model without its adapter and without what engines do not read."""
    return replace(
        model, adapter=None, family="", family_guessed_from=None, aliases=(), licence="", note="",
        card=ModelCard(), proves_path_only=False, tokens_per_s=None,
    )  # fmt: skip


def _with_adapters(models: Mapping[str, Model], names: list[str]) -> Model:
    chosen = [name for name in names if models[name].adapter is not None]
    first = models[names[0]]
    if not chosen:
        return first
    rank = max(adapter_rank(f"model.{name}", models[name]) for name in chosen)
    # On a CPU vLLM finds the adapter of a request without one at index -1, the last slot: it has to
    # stay empty. Slots are filled from the first.
    empty = 0 if first.gpus_per_replica else 1
    arguments: dict[str, Any] = {
        "enable_lora": True,
        "max_loras": len({models[name].adapter for name in chosen}) + empty,
        "max_lora_rank": next(most for most in _RANKS if most >= rank),
    }
    return replace(first, adapter=None, engine_args=arguments | dict(first.engine_args))


def _plain_name(source: str) -> str:
    """Return the last part of a name or path in lower case, without a mark for 4 bits."""
    return _QUANTISED_COPY.sub("", source.rstrip("/").rsplit("/", 1)[-1].lower())
