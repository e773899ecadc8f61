"""From a composed configuration to a check of judges."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from culture_ray.config.build import build, convert
from culture_ray.config.files import choices
from culture_ray.config.run_settings import cluster_from, judges_from, languages_from
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.settings.run import SpendingSettings
from culture_ray.stages.judge.check import JudgeCheck

_KEYS = ("language", "judge", "cluster", "results", "run", "human", "repeats", "spending")


def checking_from(content: Mapping[str, Any], command: str) -> JudgeCheck:
    """Return what a check of judges is about; raises UserError naming the key."""
    for key in content:
        if key not in _KEYS:
            raise UnknownName("key", str(key), _KEYS)
    judges = judges_from(content)
    if not judges:
        raise WrongValue("judge", [], f"at least one of {', '.join(choices('judge'))}")
    repeats: int = convert(int, content["repeats"], "repeats")
    if repeats < 1:
        raise WrongValue("repeats", repeats, "at least 1")
    languages = languages_from(content)
    if not languages:
        raise WrongValue("language", [], f"at least one of {', '.join(choices('language'))}")
    return JudgeCheck(
        judges=judges,
        languages=languages,
        cluster=cluster_from(content),
        results=Path(convert(str, content["results"], "results")).expanduser(),
        repeats=repeats,
        command=command,
        spending=build(SpendingSettings, content["spending"], "spending"),
    )


def optional_text(content: Mapping[str, Any], key: str) -> str | None:
    """Return a value that may be null, as text."""
    return None if content[key] is None else str(convert(str, content[key], key))
