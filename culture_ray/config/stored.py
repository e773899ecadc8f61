"""Settings for verbs that work on an existing run: its requests stay as they were."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import settings_from
from culture_ray.errors import WrongValue
from culture_ray.run.made_with import made_with
from culture_ray.run.open import REMEMBERED
from culture_ray.settings.kept_keys import OF_THE_RUN
from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.store.run_directory import RunDirectory

_ASKING = tuple(stage for stage in Stage if stage.asks_models)


def stored_settings(
    content: Content, experiment: str, command: str, overrides: Sequence[str] = ()
) -> Settings:
    """Return the settings stored with a run, updated by those of the command.

    Seed, design, topics, protocols, languages, models and judges are the run's. Populations,
    capability and the permission of gaps in the ground truth are the run's, as it was last
    analysed, unless `overrides` name others. Inference and everything else are the command's.

    Raises WrongValue without a name, and for an override of what is the run's; NoSuchRun for a run
    that does not exist.
    """
    if not content["run"]:
        raise WrongValue("run", content["run"], "a name, such as run=quickstart")
    folder = Path(str(content["results"])).expanduser() / str(content["run"])
    stored = made_with(RunDirectory(folder))
    keys = _overridden(overrides)
    _check_kept(keys, content, stored)
    merged = {**content, **{key: stored[key] for key in OF_THE_RUN if key in stored}}
    if "experiment" not in keys:
        merged |= {
            key: _updated(key, keys, content[key], stored[key])
            for key in REMEMBERED
            if key in stored and key not in keys
        }
    if not merged.get("judge"):  # nothing is asked here, so no judge is needed
        merged["stages"] = [stage for stage in content["stages"] if stage not in _ASKING]
    return settings_from(merged, experiment, command)


def _overridden(overrides: Sequence[str]) -> list[str]:
    """Return the keys of Hydra overrides, such as `populations.compare` or `seed`."""
    words = [word for word in overrides if not word.startswith("-")]
    return [word.lstrip("+~").partition("=")[0].partition("@")[0] for word in words]


def _check_kept(keys: Sequence[str], content: Content, stored: Mapping[str, Any]) -> None:
    """Raise WrongValue for an override that would have no effect."""
    for key in keys:
        name = key.partition(".")[0]
        if name not in OF_THE_RUN or name not in stored:
            continue
        asked, own = _short(content.get(name)), _short(stored[name])
        if asked != own:
            expected = (
                f"what run '{content['run']}' was made with ({_listed(own)}): {name} is decided "
                f"when a run is made, so leave it out, or sweep under another name"
            )
            raise WrongValue(name, _listed(asked), expected)


def _short(value: Any) -> Any:
    """Return the names of a choice of files, or a plain value."""
    if isinstance(value, Mapping) and any(isinstance(entry, Mapping) for entry in value.values()):
        return sorted(map(str, value))
    return value


def _listed(value: Any) -> str:
    if isinstance(value, list):
        return f"[{','.join(map(str, value))}]" if len(value) <= 12 else f"{len(value)} of them"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={entry}" for key, entry in value.items())
    return str(value)


def _updated(key: str, keys: Collection[str], asked: Any, stored: Any) -> Any:
    """Return the run's own entry with the parts that overrides such as `key.part` name."""
    if not isinstance(stored, Mapping) or not isinstance(asked, Mapping):
        return stored
    parts = {word.split(".")[1] for word in keys if word.startswith(f"{key}.")}
    return {**stored, **{part: asked[part] for part in parts if part in asked}}
