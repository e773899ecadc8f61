"""Settings of a run: the typed content of a whole configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, MinLen, doc

from culture_ray.engines.interface import Sampling
from culture_ray.engines.model import Model
from culture_ray.prompts.language import Language
from culture_ray.settings.stages import Stage
from culture_ray.store.run_directory import RunDirectory
from culture_ray.survey.topics import Topic
from culture_ray.sweep.plan.cluster import Cluster

Baseline = Literal["uniform_random", "fifty_percent", "perfect"]
Dollars = Annotated[float, Gt(0), doc("above 0 dollars; to spend nothing, leave API models out")]
JudgeError = Annotated[float, Ge(0), Le(0.5), doc("from 0 to 0.5, measured or paper")]
"""Probability that the judge's stance on one opinion is wrong."""


@dataclass(frozen=True)
class DesignSettings:
    """Design of the prompts of each language."""

    kind: Literal["balanced", "full_factorial", "independent"] = "balanced"
    prompts_per_language: Annotated[int, Ge(1)] = 300
    samples: Annotated[int, Ge(1)] = 1


@dataclass(frozen=True)
class ProtocolSettings:
    """Sampling and number of prompts of a protocol."""

    sampling: Sampling = field(default_factory=Sampling)
    prompts_per_language: Annotated[int, Ge(1)] | None = None
    """Null takes the design's; a protocol with a persona has this number for each country."""
    samples: Annotated[int, Ge(1)] | None = None
    """Null takes the design's, or 1 in a protocol whose answers are read as probabilities."""
    countries: tuple[str, ...] = ()
    """Countries of the personas, by population name; all are asked in every language of the run."""


@dataclass(frozen=True)
class Judge:
    """Judge of responses: a model, its sampling and the form of its answers."""

    model: Model
    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0.0, top_p=1.0))
    answers: Literal["json", "choice", "words"] = "json"
    """Form of its answers: `json` is JSON constrained by a schema; `choice` is one of three words,
    with a request for each opinion; `words` is JSON requested in the prompt only."""
    note: str = ""
    """Sentence about this judge for the report."""


@dataclass(frozen=True)
class Exclude:
    """Rules that exclude labels from the measures; the report shows the effect of each."""

    truncated: bool = False
    """The response was cut off at its token limit."""
    wrong_language: bool = False
    """The detected language differs from the prompt's."""
    repetitive: bool = False
    """The response repeats itself."""
    count_mismatch: bool = False
    """The number of the judge's stances differs from the number of opinions found by rule."""
    not_as_asked: bool = False
    """The response describes more or fewer opinions than requested."""
    repaired: bool = False
    """The judge's JSON had to be repaired."""


@dataclass(frozen=True)
class JudgingSettings:
    """Labels that are measured: their judge, exclusions and error."""

    use: str = "first"
    """Source of the labels in figures and regressions: first, majority, or a judge's name."""
    judge_error: JudgeError | Literal["measured", "paper"] | None = None
    """Null takes the error that judge-check measured for this judge, else the paper's constant."""
    exclude: Exclude = field(default_factory=Exclude)


@dataclass(frozen=True)
class PopulationSettings:
    """Populations that the models are compared with, and their figures."""

    name: str
    source: str
    table: str
    recode: Literal["paper", "symmetric"] = "paper"
    compare: Annotated[tuple[str, ...], MinLen(1), doc("[all] or at least one population")] = (
        "all",
    )
    us: str = "US"


@dataclass(frozen=True)
class CapabilitySettings:
    """Source of the benchmark scores."""

    name: str
    source: str
    table: str


@dataclass(frozen=True)
class InferenceSettings:
    """Method of the statistical inference and its numbers of draws."""

    mode: Literal["valid", "paper"] = "valid"
    rounds: Annotated[int, Ge(2)] = 2000
    """Draws of the joint topic bootstrap."""
    permutations: Annotated[int, Ge(0)] = 1999
    """Largest number of permutations in the permutation test; 0 skips the test."""
    published_rounds: Annotated[int, Ge(2)] = 100
    """Bootstrap rounds used as rows in the published analysis."""
    design: str = "within"
    """Name in `designs` of the design in multilingual.csv."""
    designs: Mapping[str, str] = field(default_factory=dict)
    """Formulas by name; see culture_ray/regression/designs.py."""


@dataclass(frozen=True)
class Imported:
    """Source of responses that were elicited and scored elsewhere."""

    file: str
    unknown_topics: tuple[str, ...] = ()
    """Topics that are not in the catalogue: they have self-consistency but no ground truth."""


@dataclass(frozen=True)
class SpendingSettings:
    """Caps on the spending for API models."""

    cap_dollars: Dollars | None = None
    """Cap on the whole ledger in dollars; required if any request costs money."""
    models: Mapping[str, Dollars] | None = None
    """Caps in dollars by model or judge."""
    stages: Mapping[str, Dollars] | None = None
    """Caps in dollars by stage: elicit, judge."""
    confirm: bool = False
    """Ask for confirmation on the terminal before the first paid request."""
    account: str | None = None
    """Folder of a ledger, cap and rate limit that several runs share; null takes the run's own."""


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
    capability_table: Path
    cluster: Cluster
    inference: InferenceSettings
    baselines: tuple[Baseline, ...]
    allow_missing_ground_truth: bool
    experiment: str
    command: str
    """Command that repeats or resumes this run."""
    raw: Mapping[str, Any]
    """Composed configuration as plain values, as written into the run directory."""
    imported: Imported | None = None
    spending: SpendingSettings = field(default_factory=SpendingSettings)
    judging: JudgingSettings = field(default_factory=JudgingSettings)
    characters_per_token: Mapping[str, float] = field(default_factory=dict)
    """By language, and `other`; for models whose tokenizer is not on this machine."""

    @property
    def main_protocol(self) -> str:
        """Return the protocol of findings, figures and regressions: the first without personas."""
        plain = [name for name in self.protocols if not self.protocols[name].countries]
        return (plain or list(self.protocols))[0]

    @property
    def protocol_order(self) -> tuple[str, ...]:
        """Return the protocols in the order of tables: the main one first."""
        return tuple(sorted(self.protocols, key=lambda name: name != self.main_protocol))

    @property
    def topic_ids(self) -> tuple[str, ...]:
        """Return the ids of all topics that are measured."""
        known = tuple(topic.id for topic in self.topics)
        return known if self.imported is None else (*known, *self.imported.unknown_topics)
