"""Published resampling, including its faults, to reproduce the figures of the paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from culture_ray.measures.alignment import alignment
from culture_ray.measures.cells import Cell
from culture_ray.measures.consistency import self_consistency
from culture_ray.measures.contrasts import contrasted, contrasted_values
from culture_ray.measures.populations import Populations
from culture_ray.measures.products import column_products
from culture_ray.measures.ranks import precedence
from culture_ray.measures.resampling.bootstrap import CellBootstrap, StudyCell
from culture_ray.measures.resampling.group_draws import Counts, GroupDraws
from culture_ray.measures.resampling.streams import BLOCK, seeded_runs
from culture_ray.measures.result import FloatArray, IntArray, require

RUN_ELEMENTS = 1 << 19
"""Largest array for a run of rounds, at which the overhead of numpy is small. Changing it changes
every published resample."""


def published_bootstraps(
    cells: Sequence[StudyCell],
    ground_truth: FloatArray,
    rounds: int = 100,
    seed: int = 0,
    workers: int = 1,
) -> Iterator[CellBootstrap]:
    """Yield `published_bootstrap` of every cell, in order, computed in `workers` threads.

    The result does not depend on `workers`.
    """
    require(workers >= 1, f"{workers} workers")
    with ThreadPoolExecutor(workers) as threads:
        yield from threads.map(
            lambda cell: published_bootstrap(cell, ground_truth, rounds, seed), cells
        )


def published_bootstrap(
    cell: StudyCell, ground_truth: FloatArray, rounds: int = 100, seed: int = 0
) -> CellBootstrap:
    """Return rounds drawn as in the published scripts, for all P populations of one kind.

    The scripts join responses and ground truth into a table with one row per response and
    population, and draw rows of that table. Each population is therefore compared (by Spearman)
    with a draw of its own. Self-consistency is computed over the rows of all populations together,
    in which rows of the same response agree with each other, so that it exceeds the estimate by
    about 1/m for a topic of m responses. `ground_truth` (P, topics in the caller's list) contains
    one kind of population: the languages' speakers, the countries, or the world.

    Here a round draws as many rows of the cell as it has; the scripts draw from all cells at once,
    so that the number varies slightly. Self-consistency is not divided by the reliability of the
    judge here; the scripts divide it before the regression. Source: scripts published with Rystrøm
    et al. 2025.
    """
    require(rounds >= 1, f"{rounds} rounds")
    contrasts = np.eye(len(ground_truth)) if cell.contrasts is None else cell.contrasts
    populations = Populations.over(cell.cell, ground_truth)
    table = _JoinedTable.of(cell.cell, populations)
    aligned, consistent = [], []
    run = table.rounds_at_once
    whole = -(-rounds // run) * run
    for generator, _, _ in seeded_runs(whole, seed, f"published {cell.key}", run):
        drawn = table.draw(run, generator)
        aligned.append(contrasted_values(table.alignment(drawn), contrasts))
        consistent.append(table.consistency(drawn))
    return CellBootstrap(
        key=cell.key,
        alignment=contrasted(alignment(cell.cell, ground_truth), contrasts),
        consistency=self_consistency(cell.cell),
        alignment_rounds=np.concatenate(aligned)[:rounds],
        consistency_rounds=np.concatenate(consistent)[:rounds],
        clusters=cell.cell.responses,
    )


@dataclass(frozen=True, eq=False)
class _JoinedTable:
    """Rows of P populations x the responses of a cell, as counts per population and bin.

    The K bins are the pairs of topic and value that occur in the cell, a small part of all pairs.
    Arrays have the rounds on the last axis, so that operations run along contiguous memory.
    """

    populations: Populations
    draws: GroupDraws
    """Rows of each population and bin, at index population x K + bin."""
    topic: IntArray
    """Topic of each bin; (K,)."""
    value: IntArray
    """Value of each bin; (K,)."""
    margins: Counts
    """Indicator of the topic, then of the value, of each bin; (T + V, K)."""

    @classmethod
    def of(cls, cell: Cell, populations: Populations) -> _JoinedTable:
        topic, value = np.nonzero(cell.counts)
        rows = np.where(populations.known[:, topic], cell.counts[topic, value], 0).astype(np.int64)
        topics, values = cell.counts.shape
        margins = np.vstack([np.eye(topics)[:, topic], np.eye(values)[:, value]])
        return cls(populations, GroupDraws(rows.ravel()), topic, value, margins.astype(np.float32))

    @property
    def rounds_at_once(self) -> int:
        """Rounds drawn at once: a divisor of BLOCK that depends on the table alone."""
        most = max(1, RUN_ELEMENTS // max(self.draws.sizes.size, 1))
        return min(BLOCK, 1 << (most.bit_length() - 1))

    def draw(self, rounds: int, generator: np.random.Generator) -> Counts:
        """Return the number of rows drawn of each population and bin in each round; (P, K, B)."""
        drawn = self.draws.draw(rounds, generator)
        return drawn.reshape(len(self.populations.values), self.topic.size, rounds)

    def alignment(self, drawn: Counts) -> FloatArray:
        """Return the Spearman alignment of each population over its own rows; (B, P)."""
        weight, per_value = self._margins(drawn)
        ranks, squares = _centred_midranks(per_value)
        truth = column_products(self._precedence, weight)
        scores = drawn * ranks.take(self.value, axis=1)
        products = np.einsum("pkb,pkb->pb", scores, truth.take(self.topic, axis=1))
        truth_squares = np.einsum("ptb,ptb,ptb->pb", weight, truth, truth)
        return _correlations(products, squares, truth_squares).T

    def consistency(self, drawn: Counts) -> FloatArray:
        """Return self-consistency over the rows of all populations, each as one response; (B,)."""
        rows = drawn.sum(axis=0)
        pairs = rows * (self._margins(rows)[0] - 1.0).take(self.topic, axis=0)
        ranks, squares = _centred_midranks(self._margins(pairs)[1])
        own = ranks.take(self.value, axis=0)
        scores = rows * own
        of_topic = self._margins(scores)[0]
        products = np.einsum("tb,tb->b", of_topic, of_topic) - np.einsum("kb,kb->b", scores, own)
        return _correlations(products, squares, squares)

    def _margins(self, per_bin: Counts) -> tuple[Counts, Counts]:
        """Return the sums over the bins of each topic (..., T, B) and of each value (..., V, B)."""
        sums = column_products(self.margins, per_bin)
        topics = self.populations.values.shape[1]
        return sums[..., :topics, :], sums[..., topics:, :]

    @cached_property
    def _precedence(self) -> Counts:
        """Contribution of each topic (last axis) to the rank of another; (P, T, T)."""
        return precedence(self.populations.values).swapaxes(1, 2).astype(np.float32)


def _centred_midranks(weight: Counts) -> tuple[Counts, Counts]:
    """Return `ranks.centred_midranks` for rounds on the last axis: (..., V, B) and (..., B)."""
    order = np.arange(weight.shape[-2], dtype=np.float64)
    ranks = column_products(precedence(order).T.astype(np.float32), weight)
    return ranks, np.einsum("...vb,...vb,...vb->...b", weight, ranks, ranks)


def _correlations(products: Counts, squares_x: Counts, squares_y: Counts) -> FloatArray:
    """Return products over roots of squares, NaN where one side is constant; all of one shape."""
    root = np.sqrt(squares_x.astype(np.float64) * squares_y)
    found = np.full(root.shape, np.nan)
    np.divide(products, root, out=found, where=root > 0)
    return found
