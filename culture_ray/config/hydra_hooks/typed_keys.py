"""Keys that a run's configuration may have, by the types of its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from culture_ray.config.annotations import entry_type, field_types, keys_of
from culture_ray.settings.composed import CHOSEN_BY_NAME, ComposedRun
from culture_ray.settings.stages import Stage


def typed_keys(content: Mapping[str, Any]) -> set[str]:
    """Return the keys that a composed configuration may have, whether or not a file sets them."""
    found = {f"spending.stages.{stage}" for stage in Stage if stage.asks_models}
    found |= {
        f"spending.models.{name}" for key in ("model", "judge") for name in content.get(key) or {}
    }
    for key, annotation in field_types(ComposedRun).items():
        if key in CHOSEN_BY_NAME:
            for name in content.get(key) or {}:
                found.update(keys_of(entry_type(annotation, name), f"{key}.{name}"))
        elif key != "imported":
            found.update(keys_of(annotation, key))
    return found
