"""Bootstrap of a study: estimates and rounds of alignment and self-consistency per cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from culture_ray.measures.alignment import Level, Measure, alignment_rounds
from culture_ray.measures.cells import Cell
from culture_ray.measures.consistency import self_consistency, self_consistency_rounds
from culture_ray.measures.contrasts import contrasted, contrasted_values
from culture_ray.measures.populations import Populations
from culture_ray.measures.resampling.resample import DrawLevel, Resampling, drawn_rounds
from culture_ray.measures.resampling.response_rounds import ResponseRounds
from culture_ray.measures.result import (
    FloatArray,
    IntArray,
    Measured,
    Reason,
    require,
)
from culture_ray.measures.rounds import AlignmentRounds, Pairs, TopicRounds, as_observed

CHUNK_ELEMENTS = 1 << 16
"""Largest array for a chunk of rounds, in doubles: half a megabyte. A few of them stay in a core's
cache, and the system takes and gives no memory for each."""


@dataclass(frozen=True)
class BootstrapOptions:
    """Variants of the figures to compute."""

    measure: Measure = Measure.SPEARMAN
    level: Level = Level.RESPONSES
    pairs: Pairs = Pairs.OTHER_RESPONSES
    consistency: bool = True
    """Compute self-consistency; otherwise it is NaN."""


DEFAULT = BootstrapOptions()


@dataclass(frozen=True, eq=False)
class StudyCell:
    """Cell of a study with its key and contrasts."""

    key: str
    """Unique name of the cell in the study, which determines its random streams."""
    cell: Cell
    contrasts: FloatArray | None = None
    """Weights of each figure over the alignments with the populations; (K, P). None for the
    alignment with each population."""


@dataclass(frozen=True, eq=False)
class CellBootstrap:
    """Figures of a cell, as observed and in each round."""

    key: str
    alignment: Measured
    """(K,)"""
    consistency: Measured
    """()"""
    alignment_rounds: FloatArray
    """(B, K), NaN in rounds where it is undefined."""
    consistency_rounds: FloatArray
    """(B,), NaN in rounds where it is undefined."""
    clusters: int
    """Number of units that the rounds draw independently: the cell's topics, or its responses."""


def bootstrap(
    cells: Sequence[StudyCell],
    ground_truth: FloatArray,
    resampling: Resampling,
    options: BootstrapOptions = DEFAULT,
) -> Iterator[CellBootstrap]:
    """Yield the bootstrap of every cell; joint draws are the same in all cells.

    `ground_truth` is (P, topics in the caller's list). The result depends only on the arguments; to
    bootstrap cells in parallel, call `bootstrap_cell` with the topics from `study_topics`.
    """
    topics = study_topics(cells)
    for cell in cells:
        yield bootstrap_cell(cell, ground_truth, resampling, topics, options)


def study_topics(cells: Sequence[StudyCell]) -> IntArray:
    """Return the topics with responses in any cell, ascending: the population of a joint draw."""
    found = [cell.cell.topics for cell in cells]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)


def bootstrap_cell(
    cell: StudyCell,
    ground_truth: FloatArray,
    resampling: Resampling,
    topics: IntArray,
    options: BootstrapOptions = DEFAULT,
) -> CellBootstrap:
    """Return the estimates and rounds of one cell; deterministic in its arguments.

    `ground_truth` is (P, topics in the caller's list), `topics` as from `study_topics`. Uses a few
    arrays of `CHUNK_ELEMENTS` doubles beyond the result, or of the size that one round needs.
    """
    contrasts = np.eye(len(ground_truth)) if cell.contrasts is None else cell.contrasts
    require(
        contrasts.ndim == 2 and contrasts.shape[1] == len(ground_truth),
        f"cell {cell.key}: contrasts {contrasts.shape} over {len(ground_truth)} populations",
    )
    needed = np.any(contrasts != 0, axis=0)
    contrasts, truth = contrasts[:, needed], ground_truth[needed]
    populations = Populations.over(cell.cell, truth)
    topic_level = cell.cell.topic_level if options.level is Level.TOPICS else None
    observed = alignment_rounds(as_observed(topic_level or cell.cell), populations, options.measure)
    _keep_freed_memory()
    aligned, consistent = [], []
    chunk = _chunk(cell.cell, populations, resampling.drawn, options)
    for rounds in drawn_rounds(cell.cell, cell.key, resampling, topics, chunk):
        rows = rounds if topic_level is None else _topic_rows(rounds, topic_level)
        found = alignment_rounds(rows, populations, options.measure)
        aligned.append(contrasted_values(found.value, contrasts))
        if options.consistency:
            consistent.append(self_consistency_rounds(rounds, options.pairs).value)
    responses_drawn = resampling.drawn in (DrawLevel.RESPONSES, DrawLevel.RESPONSES_IN_TOPICS)
    return CellBootstrap(
        key=cell.key,
        alignment=contrasted(Measured(observed.value[0], observed.reason[0]), contrasts),
        consistency=_consistency(cell.cell, options),
        alignment_rounds=np.concatenate(aligned),
        consistency_rounds=np.concatenate(consistent or [np.full(resampling.rounds, np.nan)]),
        clusters=cell.cell.responses if responses_drawn else cell.cell.topics.size,
    )


@cache
def _keep_freed_memory() -> None:
    """Let the process keep a few megabytes of freed arrays, which the next chunk uses again.

    glibc gives memory back to the system beyond twice the largest block freed so far, and fetching
    it anew took a third of the time. This block is never written to, so it takes no memory.
    """
    np.empty(1 << 21)


def _consistency(cell: Cell, options: BootstrapOptions) -> Measured:
    if options.consistency:
        return self_consistency(cell, options.pairs)
    return Measured(np.array(np.nan), np.array(Reason.NO_PAIRS, dtype=np.int8))


def _topic_rows(rounds: TopicRounds | ResponseRounds, topic_level: Cell) -> AlignmentRounds:
    if isinstance(rounds, ResponseRounds):
        return rounds.topic_means()
    return TopicRounds(topic_level, rounds.draws)


def _chunk(
    cell: Cell, populations: Populations, drawn: DrawLevel, options: BootstrapOptions
) -> int:
    """Return the number of rounds for which no array is larger than `CHUNK_ELEMENTS`."""
    topics, values = cell.counts.shape
    per_round = [len(populations.values) * topics, len(populations.masks) * values, 1]
    if drawn in (DrawLevel.TOPICS, DrawLevel.JOINT_TOPICS):
        if options.measure is Measure.SPEARMAN:  # one population after another
            per_round[0] = len(populations.masks) * topics
    else:
        # A joint draw contains about as many of the cell's topics as it has, rarely twice as many.
        slots = 2 * topics if drawn is DrawLevel.TOPICS_THEN_RESPONSES else topics
        per_round += [slots * values, cell.responses]
        if options.level is Level.TOPICS:
            per_round.append(slots * slots)
    return max(1, CHUNK_ELEMENTS // int(max(per_round)))
