"""Files of a local model's weights on this machine."""

from __future__ import annotations

from pathlib import Path

from culture_ray.engines.architecture import local_file
from culture_ray.engines.model import Model

_PATTERNS = ("*.safetensors", "*.bin", "*.pt")
"""Formats of weights, in the order in which vLLM prefers them."""


def weight_files(model: Model) -> list[Path]:
    """Return the files that an engine reads to load a model, sorted; empty if they are not here."""
    if model.engine != "vllm" or model.engine_args.get("load_format") == "dummy":
        return []
    config = local_file(model, "config.json")
    if config is None:
        return []
    found = (sorted(config.parent.glob(pattern)) for pattern in _PATTERNS)
    return next((files for files in found if files), [])
