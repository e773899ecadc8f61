"""What a run is asked to do: the typed content of a whole configuration."""

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
    """Which prompts are asked."""

    kind: Literal["balanced", "full_factorial", "independent"] = "balanced"
    prompts_per_language: Annotated[int, Ge(1)] = 300
    samples: Annotated[int, Ge(1)] = 1


@dataclass(frozen=True)
class ProtocolSettings:
    """How much a protocol asks, and how its responses are drawn."""

    sampling: Sampling = field(default_factory=Sampling)
    prompts_per_language: Annotated[int, Ge(1)] | None = None
    """Null takes the design's; a protocol with a persona asks as many for each country."""
    samples: Annotated[int, Ge(1)] | None = None
    """Null takes the design's; 1 for a protocol whose answers are read as probabilities."""
    countries: tuple[str, ...] = ()
    """Populations that the respondents of a persona come from, in any language of the run."""


@dataclass(frozen=True)
class Judge:
    """Who labels responses: a model and how it is asked."""

    model: Model
    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0.0, top_p=1.0))
    answers: Literal["json", "choice", "words"] = "json"
    """How it answers: JSON held to a schema; one of three words per opinion, each opinion a request
    of its own; or JSON that is only asked for in words."""
    note: str = ""
    """A sentence the report has to show about this judge."""


@dataclass(frozen=True)
class Exclude:
    """Which labels the measures leave out; the report shows what each rule would change."""

    truncated: bool = False
    """The response was cut off at its token limit."""
    wrong_language: bool = False
    """The detector found another language than the prompt's."""
    repetitive: bool = False
    """The response repeats itself."""
    count_mismatch: bool = False
    """The judge gave another number of stances than the rule found opinions."""
    not_as_asked: bool = False
    """The response describes more or fewer opinions than it was asked for."""
    repaired: bool = False
    """The judge's JSON had to be mended."""


@dataclass(frozen=True)
class JudgingSettings:
    """Whose labels are measured, which of them, and what is known of their error."""

    use: str = "first"
    """first, majority, or a judge's name: whose labels figures and regressions take."""
    judge_error: JudgeError | Literal["measured", "paper"] | None = None
    """Null: what judge-check measured of exactly this judge, else the paper's constant."""
    exclude: Exclude = field(default_factory=Exclude)


@dataclass(frozen=True)
class PopulationSettings:
    """Whose survey answers the models are compared with."""

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
    """Where benchmark scores come from."""

    name: str
    source: str
    table: str


@dataclass(frozen=True)
class InferenceSettings:
    """How the regressions draw their conclusions."""

    mode: Literal["valid", "paper"] = "valid"
    rounds: Annotated[int, Ge(2)] = 2000
    """Joint draws of topics."""
    permutations: Annotated[int, Ge(0)] = 1999
    """Arrangements at most in a permutation test; 0 for none."""
    published_rounds: Annotated[int, Ge(2)] = 100
    """Bootstrap rounds that the published analysis uses as rows."""
    design: str = "within"
    """The design of `designs` that multilingual.csv holds."""
    designs: Mapping[str, str] = field(default_factory=dict)
    """Formulas by name; see culture_ray/regression/designs.py."""


@dataclass(frozen=True)
class Imported:
    """Where the responses of a run come from that were elicited and scored elsewhere."""

    file: str
    unknown_topics: tuple[str, ...] = ()
    """Topics that the catalogue lacks: no ground truth, but self-consistency."""


@dataclass(frozen=True)
class SpendingSettings:
    """What may be spent on models that are asked through an API."""

    cap_dollars: Dollars | None = None
    """Over everything in the ledger; needed as soon as a request costs money."""
    models: Mapping[str, Dollars] | None = None
    """Caps in dollars by model or judge."""
    stages: Mapping[str, Dollars] | None = None
    """Caps in dollars by stage: elicit, judge."""
    confirm: bool = False
    """Ask on the terminal before the first request that is paid."""
    account: str | None = None
    """A folder that several runs share: one ledger, one cap, one rate limit. Null: the run's."""


@dataclass(frozen=True)
class Settings:
    """One run, whole."""

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
    """The command that repeats or resumes this run."""
    raw: Mapping[str, Any]
    """The composed configuration as plain values, as it is written into the run directory."""
    imported: Imported | None = None
    spending: SpendingSettings = field(default_factory=SpendingSettings)
    judging: JudgingSettings = field(default_factory=JudgingSettings)
    characters_per_token: Mapping[str, float] = field(default_factory=dict)
    """By language, and `other`: for models whose tokenizer is not on this machine."""

    @property
    def main_protocol(self) -> str:
        """Return the protocol of findings, figures and regressions: the first without a persona."""
        plain = [name for name in self.protocols if not self.protocols[name].countries]
        return (plain or list(self.protocols))[0]

    @property
    def protocol_order(self) -> tuple[str, ...]:
        """Return the protocols as tables list them, the main one first."""
        return tuple(sorted(self.protocols, key=lambda name: name != self.main_protocol))

    @property
    def topic_ids(self) -> tuple[str, ...]:
        """Return the ids of all topics that are measured."""
        known = tuple(topic.id for topic in self.topics)
        return known if self.imported is None else (*known, *self.imported.unknown_topics)
