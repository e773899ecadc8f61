"""Settings of a check of judges, from a composed configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Ge

from culture_ray.config.build import build
from culture_ray.config.files import choices
from culture_ray.config.model_checks import check_models
from culture_ray.config.phrases import known_phrases
from culture_ray.config.run_settings import cluster_from, judges_from, languages_from
from culture_ray.errors import WrongValue
from culture_ray.settings.spending import SpendingSettings
from culture_ray.stages.judge.check import JudgeCheck


@dataclass(frozen=True)
class _ComposedCheck:
    """Keys of the composed configuration; the groups of files are read by `run_settings`."""

    cluster: Any
    results: str
    run: str | None
    human: str | None
    repeats: Annotated[int, Ge(1)]
    spending: SpendingSettings
    language: Any = None
    judge: Any = None


def judge_check_from(content: Mapping[str, Any], command: str) -> JudgeCheck:
    """Return the settings of a check of judges; raises UserError naming the key."""
    composed = build(_ComposedCheck, content, "")
    judges = judges_from(content)
    if not judges:
        raise WrongValue("judge", [], f"at least one of {', '.join(choices('judge'))}")
    check_models({f"judge.{name}.model": judge.model for name, judge in judges.items()})
    languages = languages_from(content)
    if not languages:
        raise WrongValue("language", [], f"at least one of {', '.join(choices('language'))}")
    return JudgeCheck(
        judges=judges,
        languages=languages,
        cluster=cluster_from(content),
        results=Path(composed.results).expanduser(),
        repeats=composed.repeats,
        command=command,
        spending=composed.spending,
        phrases=known_phrases(languages),
    )
