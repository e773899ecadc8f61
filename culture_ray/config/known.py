"""What the conf tree describes (models, languages, GPUs), read without composing anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from culture_ray.config.files import conf_folder


def model_files() -> dict[str, dict[str, Any]]:
    """Return the content of every file in conf/model, by name."""
    return _all("model")


def language_files() -> dict[str, dict[str, Any]]:
    """Return the content of every file in conf/language, by code."""
    return _all("language")


def gpu_table() -> dict[str, dict[str, Any]]:
    """Return the GPUs of conf/gpus.yaml, by name."""
    return _read(conf_folder() / "gpus.yaml")


def token_table() -> dict[str, float]:
    """Return the characters per token of conf/characters_per_token.yaml, by language."""
    return _read(conf_folder() / "characters_per_token.yaml")


def _all(group: str) -> dict[str, dict[str, Any]]:
    return {path.stem: _read(path) for path in sorted((conf_folder() / group).glob("*.yaml"))}


def _read(path: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    return content
