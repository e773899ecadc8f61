"""Comparison of two runs: changed settings, and paired differences of their figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from culture_ray.labels.read import labels
from culture_ray.measures.resampling.bootstrap import study_topics
from culture_ray.measures.resampling.paired import Difference, MeanDifference
from culture_ray.measures.resampling.resample import DrawLevel, Resampling
from culture_ray.measures.resampling.spread import FEWEST_TOPICS
from culture_ray.measures.result import IntArray
from culture_ray.report.plots.differences import differences as differences_plot
from culture_ray.report.plots.figures import write_figure
from culture_ray.report.table_files import write_table
from culture_ray.run.open import made_with
from culture_ray.settings.run import Settings
from culture_ray.stages.regress.cell_figures import FIGURES, figures_in_rounds
from culture_ray.stages.regress.cells import population_reliabilities
from culture_ray.store.atomic import replace_text
from culture_ray.store.provenance import host_facts, recorded
from culture_ray.survey.ground_truth import GroundTruth
from culture_ray.tables import DIFFERENCES
from culture_ray.tools.compare.config_diff import config_diff
from culture_ray.tools.compare.paired_cells import PairedCells, paired_cells
from culture_ray.tools.compare.paired_judges import judges_compared, shared_responses

SCOPES = ("all", "language", "model", "cell")
"""Means over more cells come first."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two runs side by side."""

    folder: Path
    changes: pa.Table
    """CHANGES schema."""
    differences: pa.Table
    """DIFFERENCES schema."""
    agreement: pa.Table | None
    """AGREEMENT schema; None where no response was read in both runs."""


def compare(
    first: Settings,
    second: Settings,
    pairs: Mapping[str, str],
    seed: int,
    folder: Path,
    command: str,
) -> Comparison:
    """Write what changed between two runs and their paired differences, as tables and a figure.

    Both are measured against the populations of `first`; `seed` is that of the draws, so that the
    order of the runs turns signs and nothing else. Errors as `paired_cells`; raises DiskProblem.
    """
    before, after = (made_with(one.run) for one in (first, second))
    found, truth = paired_cells(first, second, pairs)
    drawing = Resampling(DrawLevel.JOINT_TOPICS, first.inference.rounds, seed)
    runs = (first.run.name, second.run.name)
    agreement = None
    if shared := shared_responses(first.run, second.run, set(pairs)):
        own, other = (
            labels(one.run, one.models, one.languages, stances=True) for one in (first, second)
        )
        agreement = judges_compared(runs, (own, other), shared)
    made = Comparison(
        folder=folder,
        changes=config_diff(before, after, recorded(first.run), recorded(second.run)),
        differences=differences(found, truth, drawing),
        agreement=agreement,
    )
    names = " and ".join(runs)
    write_table(made.changes, folder / "changes", caption=f"What changed between {names}")
    write_table(made.differences, folder / "differences", caption=f"Differences of {names}")
    write_figure(differences_plot(made.differences, runs), folder / "figures")
    if made.agreement is not None:
        caption = f"Agreement on responses that {names} share"
        write_table(made.agreement, folder / "agreement", caption=caption)
    facts = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "first": str(first.run.folder),
        "second": str(second.run.folder),
        "populations": first.populations.source,
        "rounds": drawing.rounds,
        "seed": drawing.seed,
        "host": host_facts(),
    }
    replace_text(folder / "compare.json", json.dumps(facts, indent=2, ensure_ascii=False))
    return made


def differences(found: Sequence[PairedCells], truth: GroundTruth, drawing: Resampling) -> pa.Table:
    """Return the differences of paired cells, and their means (DIFFERENCES schema).

    Means are taken over the cells of one protocol, persona and pair of judges: these are asked and
    read alike. All cells see the same draws of topics.
    """
    topics = study_topics([cell for one in found for cell in (one.first, one.second)])
    means: dict[tuple[Any, ...], MeanDifference] = {}
    cells: list[dict[str, Any]] = []
    for one in found:
        difference = _difference(one, truth, drawing, topics)
        rest_on = one.topics(truth)
        counts = np.array([len(mine) for mine in rest_on], np.int64)
        cells += _rows("cell", one.key, difference, counts, np.ones_like(counts))
        for scope, key in _scopes(one.key):
            mean = means.setdefault((scope, tuple(key.items())), MeanDifference())
            mean.add(difference, rest_on)
    rows = [
        row
        for (scope, key), mean in means.items()
        for row in _rows(scope, dict(key), mean.mean(), mean.topics, mean.count)
    ]
    ordered = sorted([*rows, *cells], key=_place)
    return pa.Table.from_pylist(ordered, schema=DIFFERENCES)


def _difference(
    one: PairedCells, truth: GroundTruth, drawing: Resampling, topics: IntArray
) -> Difference:
    sides = [
        figures_in_rounds(
            cell, truth.value_polarity, population_reliabilities(cell, truth), drawing, topics
        )
        for cell in (one.first, one.second)
    ]
    return Difference.of(*sides)


def _scopes(key: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the means that a cell takes part in, with the columns that name them."""
    read = {name: key[name] for name in ("protocol", "persona", "judge_first", "judge_second")}
    yield "all", read
    yield "language", {"language": key["language"], **read}
    yield "model", {"model": key["model"], "model_second": key["model_second"], **read}


def _rows(
    scope: str, key: Mapping[str, Any], found: Difference, topics: IntArray, cells: IntArray
) -> list[dict[str, Any]]:
    error, low, high = found.interval(topics)
    return [
        {
            "figure": figure,
            "scope": scope,
            **key,
            "topics": int(topics[place]),
            "cells": int(cells[place]),
            "first": _number(found.first[place]),
            "second": _number(found.second[place]),
            "difference": _number(found.value[place]),
            "std_error": _number(error[place]),
            "ci_low": _number(low[place]),
            "ci_high": _number(high[place]),
            "note": _note(found, place, int(topics[place]), bool(np.isnan(error[place]))),
        }
        for place, figure in enumerate(FIGURES)
    ]


def _note(found: Difference, place: int, topics: int, no_interval: bool) -> str | None:
    sides = {"first": found.first[place], "second": found.second[place]}
    missing = [side for side, value in sides.items() if np.isnan(value)]
    if missing:
        return f"undefined in the {' and the '.join(missing)} run"
    if topics < FEWEST_TOPICS:
        return f"no interval: fewer than {FEWEST_TOPICS} topics"
    return "no interval: undefined in the draws of topics" if no_interval else None


def _place(row: Mapping[str, Any]) -> tuple[int, int]:
    return FIGURES.index(row["figure"]), SCOPES.index(row["scope"])


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
