"""Settings for verbs that work on an existing run: its requests stay as they were."""

from __future__ import annotations

from pathlib import Path

from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import settings_from
from culture_ray.errors import WrongValue
from culture_ray.run.open import made_with
from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.store.run_directory import RunDirectory

_ASKING = tuple(stage for stage in Stage if stage.asks_models)
_OF_THE_RUN = ("seed", "design", "topics", "protocol", "language", "model", "judge", "imported")


def stored_settings(content: Content, experiment: str, command: str) -> Settings:
    """Return the settings stored with a run, updated by those of the command.

    Seed, design, topics, protocols, languages, models and judges are the run's; populations,
    capability, inference and everything else are the command's.

    Raises WrongValue without a name, NoSuchRun for one that does not exist.
    """
    if not content["run"]:
        raise WrongValue("run", content["run"], "a name, such as run=quickstart")
    folder = Path(str(content["results"])).expanduser() / str(content["run"])
    stored = made_with(RunDirectory(folder))
    merged = {**content, **{key: stored[key] for key in _OF_THE_RUN if key in stored}}
    if not merged.get("judge"):  # nothing is asked here, so no judge is needed
        merged["stages"] = [stage for stage in content["stages"] if stage not in _ASKING]
    return settings_from(merged, experiment, command)
