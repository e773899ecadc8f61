"""Content of a report: the tables and texts that it shows, checked against their schemas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from culture_ray import tables
from culture_ray.errors import BadTable

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
    "label_corrected": tables.LABEL_CORRECTED,
    "item_assumptions": tables.ITEM_ASSUMPTIONS,
    "influence": tables.INFLUENCE,
    "item_functioning": tables.ITEM_FUNCTIONING,
    "correlations": tables.PEOPLE_CORRELATIONS,
    "leaderboard": tables.LEADERBOARD,
    "topic_gaps": tables.TOPIC_GAPS,
    "culture_map": tables.CULTURE_MAP,
    "benchmarks": tables.BENCHMARKS,
    "benchmark_quality": tables.BENCHMARK_QUALITY,
    "capability_slopes": tables.CAPABILITY_SLOPES,
}
"""Optional table -> schema of which it must have every column."""


@dataclass(frozen=True)
class ReportModel:
    """A model or baseline of a run."""

    name: str
    family: str
    source: str = ""
    """Location and revision of its weights, or its API."""
    note: str = ""
    """Remark that a reader must see."""
    terms: str = ""
    """Licence or terms of use, by name."""
    baseline: bool = False
    proves_path_only: bool = False
    """True for a model too weak to say anything about culture; it only tests the pipeline."""


@dataclass(frozen=True)
class ReportLanguage:
    """A language of the prompts."""

    code: str
    name: str


@dataclass(frozen=True)
class ReportTopic:
    """A survey item with its pro and con statements."""

    id: str
    label: str
    category: str = ""
    pro: str = ""
    con: str = ""


@dataclass(frozen=True)
class ReportPopulation:
    """A country, the speakers of a language, or the world."""

    id: str
    label: str
    kind: str
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportRegression:
    """One regression: its coefficients, or the reason why there are none."""

    title: str
    caption: str = ""
    formula: str = ""
    table: pa.Table | None = None
    """Schema tables.REGRESSION; further columns are shown too."""
    missing: str = ""
    """Reason why there is no table, as a sentence; required if and only if `table` is None."""
    design: str = ""
    """Regressions of one design (one per inference) share a figure; empty for a separate figure."""
    inference: str = "valid"
    file: str = ""
    """File of `table` in the run directory."""
    rows: pa.Table | None = None
    """Residual and leverage per row, as tables.REGRESSION_ROWS; None if not computed."""
    rows_file: str = ""

    def __post_init__(self) -> None:
        if (self.table is None) == (not self.missing):
            raise BadTable(
                f"regression '{self.title}' needs either a table or a sentence that says why it has"
                f" none; it has {'neither' if self.table is None else 'both'}"
            )
        if self.table is not None:
            _require(self.table, tables.REGRESSION, f"regression '{self.title}'")
        if self.rows is not None:
            _require(self.rows, tables.REGRESSION_ROWS, f"rows of regression '{self.title}'")


@dataclass(frozen=True)
class Example:
    """One response with the judge's stances."""

    model: str
    language: str
    topic: str
    prompt: str
    text: str
    stances: tuple[str, ...] = ()
    status: str = "labelled"
    protocol: str = ""
    """With the persona's country; shown if the run has several protocols."""
    judged: bool = True
    """False if the label comes from a rule, so that no judge gives stances."""


@dataclass(frozen=True)
class BrowsedResponse:
    """One response for the browser of the page, with the judge's stances where they stand."""

    model: str
    language: str
    topic: str
    protocol: str
    prompt: str
    text: str
    """Its first characters, with control characters made visible."""
    left_out: int = 0
    """Number of further characters."""
    status: str = "not judged"
    flags: tuple[str, ...] = ()
    """Flags of tables.LABELS that are true."""
    stances: tuple[str, ...] = ()
    marked: tuple[tuple[int, int, str], ...] = ()
    """Start, end and stance of each opinion that stands in `text`."""


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
    equivalence: pa.Table | None = None
    """Tests that effects are smaller than the smallest of interest, as tables.EQUIVALENCE."""
    label_corrected: pa.Table | None = None
    """Figures corrected by reference labels, as tables.LABEL_CORRECTED."""
    item_assumptions: pa.Table | None = None
    """Schema tables.ITEM_ASSUMPTIONS."""
    influence: pa.Table | None = None
    """Schema tables.INFLUENCE."""
    item_functioning: pa.Table | None = None
    """Schema tables.ITEM_FUNCTIONING."""
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
    capability_slopes: pa.Table | None = None
    """Slopes of measured capability, as tables.CAPABILITY_SLOPES; None without it."""
    us: str = "US"
    """Id of the US population, to which US bias refers."""

    def __post_init__(self) -> None:
        for name in ("distributions", "alignment", "consistency", "quality", "ground_truth"):
            _require(getattr(self, name), getattr(tables, name.upper()), name)
        for name, needed in _OPTIONAL_COLUMNS.items():
            table = getattr(self, name)
            if table is not None:
                _require(table, pa.schema([(c, pa.null()) for c in needed]), name)
        for name, schema in _OPTIONAL_SCHEMAS.items():
            if getattr(self, name) is not None:
                _require(getattr(self, name), schema, name)
        known = {
            "model": {m.name for m in self.models},
            "language": {x.code for x in self.languages},
            "topic": {t.id for t in self.topics},
            "population": {p.id for p in self.populations},
        }
        for name in ("distributions", "alignment", "consistency", "quality", "ground_truth"):
            _require_known(getattr(self, name), known, name)

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


def _require(table: pa.Table, schema: pa.Schema, what: str) -> None:
    missing = [name for name in schema.names if name not in table.column_names]
    if missing:
        raise BadTable(
            f"table '{what}' of the report lacks column{'s' * (len(missing) > 1)} "
            f"{', '.join(missing)}: it has {', '.join(table.column_names)}"
        )


def _require_known(table: pa.Table, known: Mapping[str, set[str]], what: str) -> None:
    for column, names in known.items():
        if column not in table.column_names:
            continue
        unknown = sorted({str(v) for v in table.column(column).to_pylist()} - names)
        if unknown:
            raise BadTable(
                f"table '{what}' of the report names {column} '{unknown[0]}'"
                f"{f' and {len(unknown) - 1} more' if len(unknown) > 1 else ''}, "
                "which ReportContent does not list: add it there"
            )
