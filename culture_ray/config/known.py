"""The models and languages that the conf tree describes, read without composing a configuration."""

from __future__ import annotations

from typing import Any

import yaml

from culture_ray.config.files import conf_folder


def model_files() -> dict[str, dict[str, Any]]:
    """Return the content of every file in conf/model, by name."""
    return _all("model")


def language_files() -> dict[str, dict[str, Any]]:
    """Return the content of every file in conf/language, by code."""
    return _all("language")


def _all(group: str) -> dict[str, dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {
        path.stem: yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
        for path in sorted((conf_folder() / group).glob("*.yaml"))
    }
