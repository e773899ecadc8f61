"""Job of `culture-ray capability`, and its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from culture_ray.survey.harnesses.lm_eval import TaskMeaning
from culture_ray.survey.harnesses.scores import MeanScore

HARNESSES = ("euroeval", "lm_eval", "every_eval_ever")


@dataclass(frozen=True)
class CapabilityJob:
    """Job of `culture-ray capability`: result files, settings, and the folder to write to."""

    harness: str
    """One of HARNESSES."""
    files: tuple[Path, ...]
    """Result files, and folders of result files."""
    name: str
    folder: Path
    """Folder of a configuration; files are written to its subfolder `capability`."""
    models: Mapping[str, Mapping[str, Any]]
    """Content of the files in conf/model, by name."""
    rename: Mapping[str, str]
    """Names in conf/model, by the harness's names."""
    left_out: Mapping[str, str]
    """Tasks of EuroEval that do not measure capability, with the reason."""
    tasks: Mapping[str, TaskMeaning]
    """Meaning of the tasks of lm_eval, and language of those of Every Eval Ever."""
    languages: Mapping[str, object]
    """Known languages, by code."""
    common: bool
    command: str


@dataclass(frozen=True, eq=False)
class CapabilityResult:
    """Files written by `culture-ray capability`, and notices about them."""

    config: Path
    table: Path
    means: tuple[MeanScore, ...]
    scores: int
    files: int
    notes: tuple[str, ...]
