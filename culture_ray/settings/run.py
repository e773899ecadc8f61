"""Settings of a run: the typed content of a whole configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.engines.model import Model
from culture_ray.prompts.language import Language
from culture_ray.prompts.phrases import Phrases
from culture_ray.settings.comparison import Baseline, CapabilitySettings, PopulationSettings
from culture_ray.settings.design import DesignSettings, ProtocolSettings
from culture_ray.settings.hardware import Hardware
from culture_ray.settings.imported import Imported
from culture_ray.settings.inference import InferenceSettings
from culture_ray.settings.judging import Judge, JudgingSettings
from culture_ray.settings.persona import RespondentPersonas
from culture_ray.settings.spending import SpendingSettings
from culture_ray.settings.stages import Stage
from culture_ray.store.run_directory import RunDirectory
from culture_ray.survey.topics import Topic
from culture_ray.sweep.plan.cluster import Cluster


@dataclass(frozen=True)
class Settings:
    """All settings of a run."""

    run: RunDirectory
    seed: int
    stages: tuple[Stage, ...]
    design: DesignSettings
    models: Mapping[str, Model]
    languages: Mapping[str, Language]
    topics: tuple[Topic, ...]
    protocols: Mapping[str, ProtocolSettings]
    judges: Mapping[str, Judge]
    populations: PopulationSettings
    populations_table: Path
    capability: CapabilitySettings
    capability_table: Path | None
    """None for capability that the run's own benchmarks measure."""
    cluster: Cluster
    inference: InferenceSettings
    baselines: tuple[Baseline, ...]
    allow_missing_ground_truth: bool
    experiment: str
    command: str
    """Command that repeats or resumes this run."""
    raw: Mapping[str, Any]
    """Composed configuration as plain values, as written into the run directory."""
    persona: RespondentPersonas | None = None
    """Profiles of respondents that prompts are asked as; None for none."""
    retry: Literal["failed"] | None = None
    """Requests of earlier sessions that are asked again; null for none."""
    redo: bool = False
    """True to do the stages without models again, although nothing that they read has changed."""
    print_figures: bool = False
    """True for PDF and PNG files of all figures; see report/plots/figure_files.py."""
    hardware: Hardware = "all"
    """Models that this session asks; the others are left to sessions on other hardware."""
    imported: Imported | None = None
    spending: SpendingSettings = field(default_factory=SpendingSettings)
    judging: JudgingSettings = field(default_factory=JudgingSettings)
    answers_table: Path | None = None
    """Distributions of the populations' answers; None where they are not known."""
    respondents_table: Path | None = None
    """Respondents of the survey by profile; None where there are none."""
    phrases: tuple[Phrases, ...] = ()
    """Phrases of all known languages, as responses may be in any: the run's languages first."""
    benchmarks: Mapping[str, Benchmark] = field(default_factory=dict)
    benchmark_folders: tuple[Path, ...] = ()
    """Folders in which the files of benchmarks are looked for, in this order."""
    characters_per_token: Mapping[str, float] = field(default_factory=dict)
    """By language, and `other`; for models whose tokenizer is not on this machine."""

    @property
    def main_protocol(self) -> str:
        """Return the protocol of findings, figures and regressions: the first without personas.

        Empty for a run without protocols.
        """
        plain = [name for name in self.protocols if not self.protocols[name].countries]
        return next(iter([*plain, *self.protocols]), "")

    @property
    def protocol_order(self) -> tuple[str, ...]:
        """Return the protocols in the order of tables: the main one first."""
        return tuple(sorted(self.protocols, key=lambda name: name != self.main_protocol))

    @property
    def topic_ids(self) -> tuple[str, ...]:
        """Return the ids of all topics that are measured."""
        known = tuple(topic.id for topic in self.topics)
        return known if self.imported is None else (*known, *self.imported.unknown_topics)
