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
from culture_ray.measures.result import FEWEST_TOPICS, IntArray
from culture_ray.report.plots.differences import differences as differences_plot
from culture_ray.report.plots.figures import write_figure
from culture_ray.report.table_files import write_table
from culture_ray.run.made_with import made_with
from culture_ray.settings.run import Settings
from culture_ray.stages.regress.cell_figures import FIGURES, figures_in_rounds
from culture_ray.stages.regress.count_tables import population_reliabilities
from culture_ray.store.atomic import replace_text
from culture_ray.store.provenance import host_facts, recorded
from culture_ray.survey.ground_truth import GroundTruth
from culture_ray.tables import DIFFERENCES
from culture_ray.tools.compare.config_diff import config_diff
from culture_ray.tools.compare.paired_cells import PairedCells, paired_cells
from culture_ray.tools.compare.paired_judges import judges_compared, shared_responses

SCOPES = ("all", "language", "model", "cell")
"""Order of rows: means over many cells come first."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Result of comparing two runs."""

    folder: Path
    changes: pa.Table
    """CHANGES schema."""
    differences: pa.Table
    """DIFFERENCES schema."""
    agreement: pa.Table | None
    """AGREEMENT schema; None if no response was judged in both runs."""


def compare(
    first: Settings,
    second: Settings,
    pairs: Mapping[str, str],
    seed: int,
    folder: Path,
    command: str,
) -> Comparison:
    """Write the changed settings of two runs and their paired differences, as tables and a figure.

    Both runs are compared with the populations of `first`. Topics are drawn with `seed`, so that
    swapping the runs only changes signs. Raises the errors of `paired_cells`, and DiskProblem.
    """
    before, after = (made_with(settings.run) for settings in (first, second))
    paired, truth = paired_cells(first, second, pairs)
    drawing = Resampling(DrawLevel.JOINT_TOPICS, first.inference.rounds, seed)
    runs = (first.run.name, second.run.name)
    agreement = None
    if shared := shared_responses(first.run, second.run, set(pairs)):
        first_labels, second_labels = (
            labels(settings.run, settings.models, settings.languages, stances=True)
            for settings in (first, second)
        )
        agreement = judges_compared(runs, (first_labels, second_labels), shared)
    comparison = Comparison(
        folder=folder,
        changes=config_diff(before, after, recorded(first.run), recorded(second.run)),
        differences=differences(paired, truth, drawing),
        agreement=agreement,
    )
    names = " and ".join(runs)
    write_table(comparison.changes, folder / "changes", caption=f"What changed between {names}")
    write_table(comparison.differences, folder / "differences", caption=f"Differences of {names}")
    write_figure(differences_plot(comparison.differences, runs), folder / "figures")
    if comparison.agreement is not None:
        caption = f"Agreement on responses that {names} share"
        write_table(comparison.agreement, folder / "agreement", caption=caption)
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
    return comparison


def differences(paired: Sequence[PairedCells], truth: GroundTruth, drawing: Resampling) -> pa.Table:
    """Return the differences of paired cells, and their means (DIFFERENCES schema).

    Means are over the cells of one protocol, persona and pair of judges, which are elicited and
    judged alike. All cells share the same draws of topics.
    """
    topics = study_topics([cell for pair in paired for cell in (pair.first, pair.second)])
    means: dict[tuple[Any, ...], MeanDifference] = {}
    cells: list[dict[str, Any]] = []
    for pair in paired:
        difference = _difference(pair, truth, drawing, topics)
        topics_behind = pair.topics(truth)
        counts = np.array([len(ids) for ids in topics_behind], np.int64)
        cells += _rows("cell", pair.key, difference, counts, np.ones_like(counts))
        for scope, key in _scopes(pair.key):
            mean = means.setdefault((scope, tuple(key.items())), MeanDifference())
            mean.add(difference, topics_behind)
    rows = [
        row
        for (scope, key), mean in means.items()
        for row in _rows(scope, dict(key), mean.mean(), mean.topics, mean.count)
    ]
    ordered = sorted([*rows, *cells], key=_order)
    return pa.Table.from_pylist(ordered, schema=DIFFERENCES)


def _difference(
    pair: PairedCells, truth: GroundTruth, drawing: Resampling, topics: IntArray
) -> Difference:
    sides = [
        figures_in_rounds(
            cell, truth.value_polarity, population_reliabilities(cell, truth), drawing, topics
        )
        for cell in (pair.first, pair.second)
    ]
    return Difference.of(*sides)


def _scopes(key: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the means that a cell contributes to, with the columns that identify them."""
    columns = ("protocol", "persona", "judge_first", "judge_second")
    read_alike = {name: key[name] for name in columns}
    yield "all", read_alike
    yield "language", {"language": key["language"], **read_alike}
    yield "model", {"model": key["model"], "model_second": key["model_second"], **read_alike}


def _rows(
    scope: str, key: Mapping[str, Any], difference: Difference, topics: IntArray, cells: IntArray
) -> list[dict[str, Any]]:
    error, low, high = difference.interval(topics)
    return [
        {
            "figure": figure,
            "scope": scope,
            **key,
            "topics": int(topics[index]),
            "cells": int(cells[index]),
            "first": _number(difference.first[index]),
            "second": _number(difference.second[index]),
            "difference": _number(difference.value[index]),
            "std_error": _number(error[index]),
            "ci_low": _number(low[index]),
            "ci_high": _number(high[index]),
            "note": _note(difference, index, int(topics[index]), bool(np.isnan(error[index]))),
        }
        for index, figure in enumerate(FIGURES)
    ]


def _note(difference: Difference, index: int, topics: int, no_interval: bool) -> str | None:
    sides = {"first": difference.first[index], "second": difference.second[index]}
    missing = [side for side, value in sides.items() if np.isnan(value)]
    if missing:
        return f"undefined in the {' and the '.join(missing)} run"
    if topics < FEWEST_TOPICS:
        return f"no interval: fewer than {FEWEST_TOPICS} topics"
    return "no interval: undefined in the draws of topics" if no_interval else None


def _order(row: Mapping[str, Any]) -> tuple[int, int]:
    return FIGURES.index(row["figure"]), SCOPES.index(row["scope"])


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
