"""Weights of a run's models on this machine, which jobs load without internet access."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from culture_ray.engines import embedded
from culture_ray.engines.adapters import loaded_sources
from culture_ray.engines.model import Model
from culture_ray.sweep.plan.cluster import Slurm

_PATTERNS = ("*.safetensors", "*.bin", "*.pt", "*.gguf")
_CACHE = ("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME", "HF_HUB_OFFLINE")


def missing_weights(
    models: Mapping[str, Model], slurm: Slurm, environment: Mapping[str, str]
) -> Iterator[str]:
    """Yield a sentence for each model whose weights a job could not load.

    The cache is not checked where setup lines move it, or where jobs may download
    (HF_HUB_OFFLINE=0), nor a folder that may be one of a container's own.
    """
    moved = any(f"{name}=" in line for line in slurm.setup for name in _CACHE)
    online = environment.get("HF_HUB_OFFLINE", "1").lower() in ("0", "false", "no", "off")
    seen = set()
    loaded = (pair for name, model in models.items() for pair in loaded_sources(name, model))
    for name, model in loaded:
        if model.engine != "vllm" or (model.source, model.revision) in seen:
            continue
        if "://" in model.source or model.engine_args.get("load_format") == "dummy":
            continue
        seen.add((model.source, model.revision))
        if (known := embedded.MODELS.get(model.source)) is not None:
            if not known.is_ready:
                yield f"{name}: {known.folder} does not exist yet"
        elif _is_path(model.source):
            folder = Path(model.source).expanduser()
            inside = slurm.container is not None and not folder.exists()
            if not inside and (problem := _problem_of_folder(folder)):
                yield f"{name}: {problem}"
        elif not (moved or online) and (problem := _problem_in_cache(model, environment)):
            yield f"{name}: {problem}"


def hub_cache(environment: Mapping[str, str]) -> Path:
    """Return the folder of the hub's cache, by the rules of huggingface_hub."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if value := environment.get(name):
            return Path(value).expanduser()
    if home := environment.get("HF_HOME"):
        return Path(home).expanduser() / "hub"
    base = environment.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "huggingface" / "hub"


def _is_path(source: str) -> bool:
    return source.startswith(("/", "~", ".")) or Path(source).is_dir()


def _problem_in_cache(model: Model, environment: Mapping[str, str]) -> str | None:
    folder = hub_cache(environment) / f"models--{model.source.replace('/', '--')}"
    revision = model.revision or "main"
    reference = folder / "refs" / revision
    if reference.is_file():
        revision = reference.read_text(encoding="utf-8").strip()
    snapshot = folder / "snapshots" / revision
    if not snapshot.is_dir():
        return f"{model.source} is not in {hub_cache(environment)}"
    return _problem_of_folder(snapshot)


def _problem_of_folder(folder: Path) -> str | None:
    """Return the reason why weights cannot be loaded from a folder, None if there is none."""
    if not folder.is_dir():
        return f"the folder {folder} does not exist here"
    if not os.access(folder, os.R_OK | os.X_OK):
        return f"the folder {folder} cannot be read"
    index = folder / "model.safetensors.index.json"
    try:
        listed = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        listed = set()
    absent = sorted(name for name in listed if not (folder / str(name)).exists())
    if absent:
        return f"{len(absent)} of {len(listed)} files of weights are missing in {folder}"
    if not any(path.exists() for pattern in _PATTERNS for path in folder.glob(pattern)):
        return f"there are no weights in {folder}"
    return None
