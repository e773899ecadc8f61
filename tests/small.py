"""Settings of small runs, composed from the real conf tree."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from culture_ray.config.compose import Content, compose_and_run
from culture_ray.config.run_settings import settings_from
from culture_ray.settings.run import Settings
from culture_ray.store.run_directory import RunDirectory

TOPICS = ("c001_01", "d054", "d059", "e035", "e069_02", "f118", "f120", "f121")

SMALL = (
    "experiment=quickstart",
    "run=small",
    "language=[da,en]",
    f"topics.only=[{','.join(TOPICS)}]",
    "design.prompts_per_language=24",
    "cluster.unit_size=8",
    "inference.rounds=60",
)
"""Words of the command line of a small run; it has interviews alone with the next one."""

INTERVIEWS = "protocol=[hypothetical_interviews_short]"


def small_settings(results: Path, *overrides: str) -> Settings:
    """Return the settings of a small run under `results`, changed by Hydra overrides."""
    content = {**deepcopy(composed(*overrides)), "results": str(results)}
    return settings_from(content, "quickstart", "culture-ray sweep experiment=quickstart")


@cache
def composed(*overrides: str) -> Mapping[str, Any]:
    """Return the composed configuration of a small run."""
    found: list[Content] = []
    # Interviews alone, unless a test asks for other protocols.
    chosen = any(word.startswith("protocol=") for word in overrides)
    words = [*SMALL, *([] if chosen else [INTERVIEWS]), *overrides]
    compose_and_run("a test", words, lambda content, _: found.append(content))
    return found[0]


def moved(settings: Settings, results: Path) -> Settings:
    """Return the settings of a copy of a run in the folder `results`."""
    folder = Path(shutil.copytree(settings.run.folder, results / settings.run.name))
    return replace(settings, run=RunDirectory(folder))
