"""Types of a run's composed configuration, before its files and names are looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from culture_ray.engines.model import Model
from culture_ray.settings.comparison import Baseline, CapabilitySettings, PopulationSettings
from culture_ray.settings.design import DesignSettings, ProtocolSettings
from culture_ray.settings.hardware import Hardware
from culture_ray.settings.imported import Imported
from culture_ray.settings.inference import InferenceSettings
from culture_ray.settings.judging import Judge, JudgingSettings
from culture_ray.settings.persona import RespondentPersonas
from culture_ray.settings.spending import SpendingSettings
from culture_ray.settings.stages import Stage
from culture_ray.sweep.plan.cluster import Cluster


@dataclass(frozen=True)
class ComposedRun:
    """Keys of a composed configuration; language, topics and benchmark have their own readers."""

    run: str
    results: str
    seed: int
    stages: tuple[Stage, ...]
    design: DesignSettings
    model: Mapping[str, Model]
    language: Any
    topics: Any
    protocol: Mapping[str, ProtocolSettings]
    judge: Mapping[str, Judge]
    benchmark: Any
    populations: PopulationSettings
    capability: CapabilitySettings
    cluster: Cluster
    inference: InferenceSettings
    baselines: tuple[Baseline, ...]
    allow_missing_ground_truth: bool
    judging: JudgingSettings
    spending: SpendingSettings
    persona: RespondentPersonas | None = None
    retry: Literal["failed"] | None = None
    redo: bool = False
    print_figures: bool = False
    hardware: Hardware = "all"
    imported: Imported | None = None
    """Present only in run directories of imports."""


CHOSEN_BY_NAME = ("model", "language", "protocol", "judge")
"""Groups from which a run takes any number of entries, by name."""
