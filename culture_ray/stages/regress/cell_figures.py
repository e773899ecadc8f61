"""Figures of all cells with standard errors over topics, computed with Ray if there are many cells.

Rounds are reduced to standard errors cell by cell; only those that the regressions need are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from culture_ray.measures.alignment import Level, Measure
from culture_ray.measures.consistency import self_consistency, self_consistency_rounds
from culture_ray.measures.reliability import disattenuated
from culture_ray.measures.resampling.bootstrap import (
    BootstrapOptions,
    StudyCell,
    bootstrap_cell,
    study_topics,
)
from culture_ray.measures.resampling.resample import Resampling, drawn_rounds
from culture_ray.measures.resampling.spread import standard_errors, t_half_width
from culture_ray.measures.result import FEWEST_TOPICS, FloatArray, IntArray, measured
from culture_ray.sweep.execute.ray_session import mapped
from culture_ray.sweep.plan.cluster import Cluster

CONTRASTS = ("alignment_language", "alignment_us", "alignment_native_mean", "us_minus_native")
"""Weighted sums of alignments with populations."""

FIGURES = (
    *CONTRASTS,
    "self_consistency",
    "alignment_language_topics",
    "alignment_language_disattenuated",
    "alignment_us_topics",
    "alignment_us_disattenuated",
    "closeness_language",
)
KEPT = (
    "alignment_language",
    "alignment_us",
    "alignment_native_mean",
    "alignment_language_topics",
    "alignment_language_disattenuated",
    "closeness_language",
)
"""Figures of which the regressions need every round."""

MANY = 1000
"""Number of cells from which starting Ray takes less time than it saves."""

_PART = 16
"""Cells sent to a worker at a time."""

_CHUNK = 256
"""Rounds of self-consistency computed at a time."""

Rounds = npt.NDArray[np.float32]
"""Figures per round; single precision is enough for standard errors, and halves the memory."""


@dataclass(frozen=True, eq=False)
class CellFigures:
    """Estimates and standard errors of C cells, NaN where undefined."""

    estimates: Mapping[str, FloatArray]
    """By figure; (C,)."""
    std_errors: Mapping[str, FloatArray]
    """By figure; (C,)."""
    rounds: Mapping[str, Rounds]
    """By figure of KEPT; (C, B)."""


@dataclass(frozen=True, eq=False)
class _Shared:
    """Inputs that all cells share: ground truth, draws and topics."""

    ground_truth: FloatArray
    resampling: Resampling
    topics: IntArray


@dataclass(frozen=True, eq=False)
class _Part:
    """Figures of a few cells: (F, c), (F, c) and (kept, c, B)."""

    estimates: FloatArray
    std_errors: FloatArray
    rounds: Rounds


def cell_figures(
    cells: Sequence[StudyCell],
    ground_truth: FloatArray,
    clusters: IntArray,
    reliability: FloatArray,
    resampling: Resampling,
    cluster: Cluster,
    many: int = MANY,
) -> CellFigures:
    """Return the figures of cells with the contrasts CONTRASTS; a missing contrast is all 0.

    `ground_truth` is (P, topics); `clusters` (C,) is the number of topics behind each cell's
    standard errors; `reliability` (C, 2) is that of the populations of the first two contrasts.
    From `many` cells on the work is distributed with Ray; the result is the same. Besides the
    result, each worker holds a few cells in memory.
    """
    shared = _Shared(ground_truth, resampling, study_topics(cells))
    starts = range(0, len(cells), _PART)
    parts = (
        list(
            zip(
                *(per_cell[start : start + _PART] for per_cell in (cells, clusters, reliability)),
                strict=True,
            )
        )
        for start in starts
    )
    if len(cells) >= many:
        parts_found = mapped(_measured, shared, parts, cluster)
    else:
        parts_found = (_measured(shared, part) for part in parts)
    return _gathered(parts_found, len(cells), resampling.rounds)


def figures_in_rounds(
    cell: StudyCell,
    ground_truth: FloatArray,
    reliability: FloatArray,
    resampling: Resampling,
    topics: IntArray,
) -> FloatArray:
    """Return FIGURES of one cell as observed, then in each joint draw of `topics`; (1 + B, F)."""
    return _of_cell(_Shared(ground_truth, resampling, topics), cell, reliability)


def _gathered(parts: Iterator[_Part], cells: int, rounds: int) -> CellFigures:
    estimates, errors = np.empty((2, len(FIGURES), cells))
    kept = np.empty((len(KEPT), cells, rounds), dtype=np.float32)
    first = 0
    for part in parts:
        last = first + part.estimates.shape[1]
        estimates[:, first:last] = part.estimates
        errors[:, first:last] = part.std_errors
        kept[:, first:last] = part.rounds
        first = last
    return CellFigures(
        dict(zip(FIGURES, estimates, strict=True)),
        dict(zip(FIGURES, errors, strict=True)),
        dict(zip(KEPT, kept, strict=True)),
    )


def _measured(shared: _Shared, cells: Sequence[tuple[StudyCell, int, FloatArray]]) -> _Part:
    estimates = np.empty((len(FIGURES), len(cells)))
    errors = np.empty_like(estimates)
    kept = np.empty((len(KEPT), len(cells), shared.resampling.rounds), dtype=np.float32)
    for position, (cell, clusters, reliability) in enumerate(cells):
        figures = _of_cell(shared, cell, reliability)
        estimates[:, position] = figures[0]
        spread = standard_errors(figures[1:], np.full(len(FIGURES), clusters))
        errors[:, position] = np.where(np.isnan(figures[0]), np.nan, spread)
        kept[:, position] = figures[1:, [FIGURES.index(name) for name in KEPT]].T
    return _Part(estimates, errors, kept)


def _of_cell(shared: _Shared, cell: StudyCell, reliability: FloatArray) -> FloatArray:
    """Return each figure as observed, then in each round; (1 + B, F)."""
    weights = np.zeros((len(CONTRASTS), 0)) if cell.contrasts is None else cell.contrasts
    defined = (weights != 0.0).any(axis=1)
    inputs = (shared.ground_truth, shared.resampling, shared.topics)
    responses = bootstrap_cell(cell, *inputs)
    by_topic = StudyCell(cell.key, cell.cell, weights[:2])
    topic_means = bootstrap_cell(
        by_topic, *inputs, BootstrapOptions(level=Level.TOPICS, consistency=False)
    )
    contrasts = np.vstack([responses.alignment.value, responses.alignment_rounds])
    contrasts[:, np.flatnonzero(~defined)] = np.nan
    close = bootstrap_cell(
        StudyCell(cell.key, cell.cell, weights[:1]),
        *inputs,
        BootstrapOptions(measure=Measure.CLOSENESS, level=Level.TOPICS, consistency=False),
    )
    closeness = np.vstack([close.alignment.value, close.alignment_rounds])
    closeness[:, np.flatnonzero(~defined[:1])] = np.nan
    topics = np.vstack([topic_means.alignment.value, topic_means.alignment_rounds])
    topics[:, np.flatnonzero(~defined[:2])] = np.nan
    consistency = np.concatenate([responses.consistency.value[None], responses.consistency_rounds])
    own = np.column_stack([_reliability(cell, shared, row, consistency) for row in weights[:2]])
    disattenuated_alignment = disattenuated(measured(contrasts[:, :2], []), own, reliability).value
    return np.column_stack(
        [
            contrasts,
            consistency,
            topics[:, 0],
            disattenuated_alignment[:, 0],
            topics[:, 1],
            disattenuated_alignment[:, 1],
            closeness[:, 0],
        ]
    )


def _reliability(
    cell: StudyCell, shared: _Shared, weights: FloatArray, over_all: FloatArray
) -> FloatArray:
    """Return self-consistency over the topics of an alignment, as `over_all`; (1 + B,).

    `weights` are those of the alignment over populations. The figure is missing, as a reliability,
    where its interval over topics is not above 0.
    """
    unknown = np.full_like(over_all, np.nan)
    if not weights.any():
        return unknown
    known = ~np.isnan(shared.ground_truth[weights != 0.0]).any(axis=0)
    topics = cell.cell.topics[known[cell.cell.topics]]
    if topics.size < FEWEST_TOPICS:
        return unknown
    found = over_all
    if topics.size < cell.cell.topics.size:
        asked = cell.cell.restricted_to(topics)
        rounds = drawn_rounds(asked, cell.key, shared.resampling, shared.topics, _CHUNK)
        drawn = [self_consistency_rounds(part).value for part in rounds]
        found = np.concatenate([self_consistency(asked).value[None], *drawn])
    error = standard_errors(found[1:, None], [topics.size])
    low = found[0] - t_half_width(error, topics.size)[0]
    return found if low > 0 else unknown
