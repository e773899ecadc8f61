"""Everything a report shows, in one frozen value: Arrow tables and plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from culture_ray import tables
from culture_ray.errors import BadTable

_OPTIONAL = {
    "cells": (
        "model",
        "language",
        "alignment_language",
        "us_minus_native",
        "self_consistency",
        "capability",
    ),
}
"""Columns that a report needs of tables that only some runs have."""

_WHOLE = {
    "usage": tables.USAGE,
    "timeline": tables.TIMELINE,
    "spending": tables.SPENDING,
    "people": tables.PEOPLE,
    "correlations": tables.PEOPLE_CORRELATIONS,
}
"""Tables that only some runs have, and then with all their columns."""


@dataclass(frozen=True)
class ReportModel:
    """A model or baseline of the run."""

    name: str
    family: str
    source: str = ""
    """Where its weights or its API are, with the revision."""
    note: str = ""
    """What a reader must know about it."""
    terms: str = ""
    """Licence or terms of use, by name."""
    baseline: bool = False
    proves_path_only: bool = False
    """True for a model too weak to say anything about culture: it shows that the path works."""


@dataclass(frozen=True)
class ReportLanguage:
    """A language of the prompts."""

    code: str
    name: str


@dataclass(frozen=True)
class ReportTopic:
    """A survey item; the statements are what pro and con mean for it."""

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
    """One regression: its coefficients, or the sentence that says why there are none."""

    title: str
    caption: str = ""
    formula: str = ""
    table: pa.Table | None = None
    """As tables.REGRESSION; further columns are shown too."""
    missing: str = ""
    """Why there is no table; needed exactly when `table` is None."""
    design: str = ""
    """Regressions of one design (one per inference) share a figure; empty: a figure of its own."""
    inference: str = "valid"
    file: str = ""
    """Where `table` stands in the run directory."""
    rows: pa.Table | None = None
    """What single rows do to the fit, as tables.REGRESSION_ROWS; None where nobody looked."""
    rows_file: str = ""

    def __post_init__(self) -> None:
        if (self.table is None) == (not self.missing):
            raise BadTable(
                f"regression '{self.title}' needs either a table or a sentence that says why it has"
                f" none, found {'neither' if self.table is None else 'both'}"
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
    """Shown where a run has several, with the persona's country."""
    judged: bool = True
    """False where the label comes from a rule: there is no judge who could give stances."""


@dataclass(frozen=True)
class ReportContent:
    """What the report of one run shows."""

    run: str
    experiment: str
    """Of the command that began it; empty where it named none."""
    started: str
    finished: str
    """When it was last worked on."""
    command: str
    """The command that makes this run again."""
    provenance: Mapping[str, str]
    """Versions, revisions, seeds and host facts, by name."""
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
    examples: tuple[Example, ...] = ()
    notices: tuple[str, ...] = ()
    """Sentences that must be shown prominently."""
    sources: tuple[str, ...] = ()
    """Data and figures of others that the run rests on, each with its licence, as sentences."""
    usage: pa.Table | None = None
    """Requests, replica-hours, GPU-hours and dollars by stage and model, as tables.USAGE; None
    where neither a timeline nor a ledger is kept, as in an imported run."""
    timeline: pa.Table | None = None
    """What ran where and when, as tables.TIMELINE."""
    spending: pa.Table | None = None
    """Every paid attempt, as tables.SPENDING."""
    cap_dollars: float | None = None
    people: pa.Table | None = None
    """Self-consistency of the populations, as tables.PEOPLE."""
    correlations: pa.Table | None = None
    """Of the populations with each other, as tables.PEOPLE_CORRELATIONS."""
    cells: pa.Table | None = None
    """The run's cells.csv: alignment_language, us_minus_native and self_consistency per model and
    language with their 95 % intervals in `<name>_ci_low` and `<name>_ci_high`, and capability.
    None: the report shows no intervals and no capability."""
    robustness: pa.Table | None = None
    """Robustness checks, shown as they are."""
    judge_notes: tuple[str, ...] = ()
    """What is known of the judges' error, and which labels are measured, as sentences."""
    judging: Mapping[str, pa.Table] = field(default_factory=dict)
    """Tables on the judges by name: exclusions, agreement, moves, regressions, reliability; shown
    as they are, where the run has them."""
    us: str = "US"
    """Id of the population that US bias refers to."""

    def __post_init__(self) -> None:
        for name in ("distributions", "alignment", "consistency", "quality", "ground_truth"):
            _require(getattr(self, name), getattr(tables, name.upper()), name)
        for name, needed in _OPTIONAL.items():
            table = getattr(self, name)
            if table is not None:
                _require(table, pa.schema([(c, pa.null()) for c in needed]), name)
        for name, schema in _WHOLE.items():
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
    def studied(self) -> tuple[ReportModel, ...]:
        """The models that are not baselines, in the run's order."""
        return tuple(m for m in self.models if not m.baseline)

    @property
    def baselines(self) -> tuple[ReportModel, ...]:
        """The baselines, in the run's order."""
        return tuple(m for m in self.models if m.baseline)

    @property
    def proves_path_only(self) -> bool:
        """True when no model of the run can say anything about culture."""
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
        strangers = sorted({str(v) for v in table.column(column).to_pylist()} - names)
        if strangers:
            raise BadTable(
                f"table '{what}' of the report names {column} '{strangers[0]}'"
                f"{f' and {len(strangers) - 1} more' if len(strangers) > 1 else ''}, "
                f"which the report was not told about: add it to ReportContent"
            )
