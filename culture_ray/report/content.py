"""Content of a report: the tables and texts that it shows, checked against their schemas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from culture_ray import tables
from culture_ray.report.regression_result import ReportRegression
from culture_ray.report.required_columns import require_columns, require_known
from culture_ray.report.responses import BrowsedResponse, Example
from culture_ray.report.study import ReportLanguage, ReportModel, ReportPopulation, ReportTopic

_OPTIONAL_COLUMNS = {
    "cells": (
        "model",
        "language",
        "alignment_language",
        "us_minus_native",
        "self_consistency",
        "capability",
    ),
}
"""Optional table -> columns that a report needs of it."""

_OPTIONAL_SCHEMAS = {
    "usage": tables.USAGE,
    "timeline": tables.TIMELINE,
    "spending": tables.SPENDING,
    "people": tables.PEOPLE,
    "outcomes": tables.OUTCOMES,
    "simultaneous": tables.SIMULTANEOUS,
    "equivalence": tables.EQUIVALENCE,
    "bayesian": tables.BAYESIAN,
    "label_corrected": tables.LABEL_CORRECTED,
    "item_assumptions": tables.ITEM_ASSUMPTIONS,
    "influence": tables.INFLUENCE,
    "item_functioning": tables.ITEM_FUNCTIONING,
    "correlations": tables.PEOPLE_CORRELATIONS,
    "leaderboard": tables.LEADERBOARD,
    "topic_gaps": tables.TOPIC_GAPS,
    "culture_map": tables.CULTURE_MAP,
    "culture_map_topics": tables.CULTURE_MAP_TOPICS,
    "benchmarks": tables.BENCHMARKS,
    "benchmark_quality": tables.BENCHMARK_QUALITY,
    "rating_quality": tables.RATING_QUALITY,
    "rating_agreement": tables.RATING_AGREEMENT,
    "capability_slopes": tables.CAPABILITY_SLOPES,
    "groups": tables.GROUPS,
}
"""Optional table -> schema of which it must have every column."""


@dataclass(frozen=True)
class ReportPreregistration:
    """Preregistration of a run, and how the run departs from it."""

    version: int
    made_at: str
    sha256: str
    """Hash that the document states."""
    faults: tuple[str, ...] = ()
    """Sentences on why the document proves less than it should: changed, or dated too late."""
    hypotheses: str = ""
    tests: tuple[str, ...] = ()
    departures: tuple[tuple[str, str, str], ...] = ()
    """Setting, as registered, and as the run has it."""


@dataclass(frozen=True)
class ReportContent:
    """Content of the report of one run."""

    run: str
    experiment: str
    """Experiment named in the command that started the run; empty if it named none."""
    started: str
    finished: str
    """Time at which the run was last worked on."""
    command: str
    """Command that repeats this run."""
    provenance: Mapping[str, str]
    """Versions, revisions, seeds and facts about the host, by name."""
    models: tuple[ReportModel, ...]
    languages: tuple[ReportLanguage, ...]
    topics: tuple[ReportTopic, ...]
    populations: tuple[ReportPopulation, ...]
    distributions: pa.Table
    alignment: pa.Table
    consistency: pa.Table
    quality: pa.Table
    ground_truth: pa.Table
    regressions: Mapping[str, ReportRegression] = field(default_factory=dict)
    outcomes: pa.Table | None = None
    """Coefficients under every definition of alignment, as tables.OUTCOMES."""
    simultaneous: pa.Table | None = None
    """Intervals that hold for all cells at once, as tables.SIMULTANEOUS."""
    leaderboard: pa.Table | None = None
    """Alignment, gap, rank and closest country, as tables.LEADERBOARD; None, as the next two, in a
    run that an earlier version analysed."""
    topic_gaps: pa.Table | None = None
    """Differences between models and speakers by topic, as tables.TOPIC_GAPS."""
    culture_map: pa.Table | None = None
    """Places of people and models on the map, as tables.CULTURE_MAP."""
    culture_map_topics: pa.Table | None = None
    """Topics by dimension of the map, as tables.CULTURE_MAP_TOPICS; None in a run of before."""
    equivalence: pa.Table | None = None
    """Tests that effects are smaller than the smallest of interest, as tables.EQUIVALENCE."""
    bayesian: pa.Table | None = None
    """Bayesian fit of the default regression, as tables.BAYESIAN; None without that check."""
    label_corrected: pa.Table | None = None
    """Figures corrected by reference labels, as tables.LABEL_CORRECTED."""
    item_assumptions: pa.Table | None = None
    """Schema tables.ITEM_ASSUMPTIONS."""
    influence: pa.Table | None = None
    """Schema tables.INFLUENCE."""
    item_functioning: pa.Table | None = None
    """Schema tables.ITEM_FUNCTIONING."""
    groups: pa.Table | None = None
    """Figures of groups of respondents, as tables.GROUPS; None without persona=respondents."""
    examples: tuple[Example, ...] = ()
    browsed: tuple[BrowsedResponse, ...] = ()
    """Responses for the browser: all of the run, or a stratified sample."""
    browsed_all: bool = True
    """True if `browsed` holds every response of the run."""
    notices: tuple[str, ...] = ()
    """Sentences to show prominently, above the findings."""
    sources: tuple[str, ...] = ()
    """Third-party data that the run uses, one sentence each with the licence."""
    usage: pa.Table | None = None
    """Requests, replica-hours, GPU-hours and dollars by stage and model, as tables.USAGE; None
    without a timeline and a ledger, as in an imported run."""
    timeline: pa.Table | None = None
    """Events of the run with time and replica, as tables.TIMELINE."""
    spending: pa.Table | None = None
    """Every paid attempt, as tables.SPENDING."""
    cap_dollars: float | None = None
    people: pa.Table | None = None
    """Self-consistency of the populations, as tables.PEOPLE."""
    correlations: pa.Table | None = None
    """Correlations between populations, as tables.PEOPLE_CORRELATIONS."""
    cells: pa.Table | None = None
    """The run's cells.csv: alignment_language, us_minus_native and self_consistency per model and
    language with their 95 % intervals in `<name>_ci_low` and `<name>_ci_high`, and capability.
    Without it the report shows no intervals and no capability."""
    robustness: pa.Table | None = None
    """Robustness checks, shown unchanged."""
    judge_notes: tuple[str, ...] = ()
    """Sentences on the judges' error and on which labels enter the measures."""
    judging: Mapping[str, pa.Table] = field(default_factory=dict)
    """Tables on the judges by name (exclusions, agreement, moves, regressions, reliability), as far
    as the run has them; shown unchanged."""
    benchmarks: pa.Table | None = None
    """Figures of the run's benchmarks, as tables.BENCHMARKS; None for a run without them."""
    benchmark_quality: pa.Table | None = None
    """Outcomes of the requests of benchmarks, as tables.BENCHMARK_QUALITY."""
    rating_quality: pa.Table | None = None
    """Outcomes of the ratings of answers, as tables.RATING_QUALITY; None without a rubric."""
    rating_agreement: pa.Table | None = None
    """Agreement of judges in their ratings, as tables.RATING_AGREEMENT; None for one judge."""
    capability_slopes: pa.Table | None = None
    """Slopes of measured capability, as tables.CAPABILITY_SLOPES; None without it."""
    preregistration: ReportPreregistration | None = None
    us: str = "US"
    """Id of the US population, to which US bias refers."""

    def __post_init__(self) -> None:
        for name in ("distributions", "alignment", "consistency", "quality", "ground_truth"):
            require_columns(getattr(self, name), getattr(tables, name.upper()), name)
        for name, needed in _OPTIONAL_COLUMNS.items():
            table = getattr(self, name)
            if table is not None:
                require_columns(table, pa.schema([(c, pa.null()) for c in needed]), name)
        for name, schema in _OPTIONAL_SCHEMAS.items():
            if getattr(self, name) is not None:
                require_columns(getattr(self, name), schema, name)
        known = {
            "model": {m.name for m in self.models},
            "language": {x.code for x in self.languages},
            "topic": {t.id for t in self.topics},
            "population": {p.id for p in self.populations},
        }
        for name in ("distributions", "alignment", "consistency", "quality", "ground_truth"):
            require_known(getattr(self, name), known, name)

    @property
    def has_study(self) -> bool:
        """True if the run asks for opinions on topics; false for a run of benchmarks alone."""
        return bool(self.topics)

    @property
    def studied(self) -> tuple[ReportModel, ...]:
        """The models that are not baselines, in the run's order."""
        return tuple(m for m in self.models if not m.baseline)

    @property
    def baselines(self) -> tuple[ReportModel, ...]:
        """The baselines, in the run's order."""
        return tuple(m for m in self.models if m.baseline)

    @property
    def proves_path_only(self) -> bool:
        """True if every model of the run is too weak to say anything about culture."""
        return all(m.proves_path_only for m in self.studied)
