"""Figures of all cells with their errors over topics, computed over Ray where there are many.

Rounds are reduced to standard errors cell by cell; only those that the regressions need are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from culture_ray.measures.alignment import Level
from culture_ray.measures.reliability import disattenuated
from culture_ray.measures.resampling.bootstrap import (
    BootstrapOptions,
    StudyCell,
    bootstrap_cell,
    study_topics,
)
from culture_ray.measures.resampling.resample import Resampling
from culture_ray.measures.resampling.spread import standard_errors
from culture_ray.measures.result import FloatArray, IntArray, measured
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
)
KEPT = ("alignment_language", "alignment_us", "alignment_native_mean")
"""Figures of which the regressions need every round."""

MANY = 1000
"""Cells from which starting Ray costs less than it saves."""

_PART = 16
"""Cells handed to a worker at a time."""

Rounds = npt.NDArray[np.float32]
"""Enough digits for errors of figures, at half the memory."""


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
    people: FloatArray,
    resampling: Resampling,
    cluster: Cluster,
    many: int = MANY,
) -> CellFigures:
    """Return the figures of cells whose contrasts are those of CONTRASTS, all 0 for one not had.

    `ground_truth` is (P, topics), `clusters` (C,) the topics each cell's errors rest on, `people`
    (C, 2) the reliability of the figures of those whom the first two contrasts are about. From
    `many` cells on they are shared out over Ray. The result is the same wherever it is computed.
    Beyond it, memory is that of a few cells per worker.
    """
    shared = _Shared(ground_truth, resampling, study_topics(cells))
    starts = range(0, len(cells), _PART)
    parts = (
        list(zip(*(all_[at : at + _PART] for all_ in (cells, clusters, people)), strict=True))
        for at in starts
    )
    if len(cells) >= many:
        found = mapped(_measured, shared, parts, cluster)
    else:
        found = (_measured(shared, part) for part in parts)
    return _gathered(found, len(cells), resampling.rounds)


def figures_in_rounds(
    cell: StudyCell,
    ground_truth: FloatArray,
    people: FloatArray,
    resampling: Resampling,
    topics: IntArray,
) -> FloatArray:
    """Return FIGURES of one cell as observed, then in each joint draw of `topics`; (1 + B, F)."""
    return _of_cell(_Shared(ground_truth, resampling, topics), cell, people)


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
    for place, (cell, clusters, people) in enumerate(cells):
        found = _of_cell(shared, cell, people)
        estimates[:, place] = found[0]
        spread = standard_errors(found[1:], np.full(len(FIGURES), clusters))
        errors[:, place] = np.where(np.isnan(found[0]), np.nan, spread)
        kept[:, place] = found[1:, [FIGURES.index(name) for name in KEPT]].T
    return _Part(estimates, errors, kept)


def _of_cell(shared: _Shared, cell: StudyCell, people: FloatArray) -> FloatArray:
    """Return each figure as observed, then in each round; (1 + B, F)."""
    weights = np.zeros((len(CONTRASTS), 0)) if cell.contrasts is None else cell.contrasts
    had = (weights != 0.0).any(axis=1)
    given = (shared.ground_truth, shared.resampling, shared.topics)
    one = bootstrap_cell(cell, *given)
    by_topic = StudyCell(cell.key, cell.cell, weights[:2])
    means = bootstrap_cell(
        by_topic, *given, BootstrapOptions(level=Level.TOPICS, consistency=False)
    )
    contrasts = np.vstack([one.alignment.value, one.alignment_rounds])
    contrasts[:, np.flatnonzero(~had)] = np.nan
    topics = np.vstack([means.alignment.value, means.alignment_rounds])
    topics[:, np.flatnonzero(~had[:2])] = np.nan
    consistency = np.concatenate([one.consistency.value[None], one.consistency_rounds])
    clean = disattenuated(measured(contrasts[:, :2], []), consistency[:, None], people).value
    return np.column_stack(
        [contrasts, consistency, topics[:, 0], clean[:, 0], topics[:, 1], clean[:, 1]]
    )
