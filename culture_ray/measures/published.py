"""The published resampling, faults included, to repeat the paper's figures and for nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.alignment import alignment, correlations
from culture_ray.measures.bootstrap import CHUNK_ELEMENTS, CellBootstrap, StudyCell
from culture_ray.measures.cells import Cell
from culture_ray.measures.consistency import self_consistency, self_consistency_rounds
from culture_ray.measures.contrasts import contrasted, contrasted_values
from culture_ray.measures.measured import FloatArray, IntArray, require
from culture_ray.measures.places import Places
from culture_ray.measures.populations import Populations
from culture_ray.measures.products import row_products
from culture_ray.measures.ranks import centred_midranks
from culture_ray.measures.response_rounds import ResponseRounds
from culture_ray.measures.streams import seeded_runs


def published_bootstrap(
    cell: StudyCell, ground_truth: FloatArray, rounds: int = 100, seed: int = 0
) -> CellBootstrap:
    """Rounds as the published scripts make them, for all P populations of one kind.

    The scripts join responses and ground truth into a table of one row per response and
    population, and draw rows of that table. So each population is compared (by Spearman) with a
    draw of its own, and self-consistency is taken over the rows of all populations together,
    where rows of one response agree with each other: it exceeds the estimate by about 1/m for a
    topic of m responses. `ground_truth` (P, topics in the caller's list) holds one kind: the
    languages' speakers, the countries, or the world. Here each round draws as many rows of the
    cell as it has; the scripts draw from all cells at once, so that their number varies a
    little. Self-consistency is not divided by the judge's reliability, nor is it in the scripts
    before the regression. Source: the scripts published beside Rystrøm et al. 2025.
    """
    require(rounds >= 1, f"{rounds} rounds")
    contrasts = np.eye(len(ground_truth)) if cell.contrasts is None else cell.contrasts
    populations = Populations.over(cell.cell, ground_truth)
    table = _JoinedTable.of(cell.cell, populations)
    aligned, consistent = [], []
    chunk = max(1, CHUNK_ELEMENTS // max(table.row_bin.size, cell.cell.counts.size, 1))
    for generator, start, stop in seeded_runs(rounds, seed, f"published {cell.key}", chunk):
        drawn = table.draw(stop - start, generator)
        aligned.append(contrasted_values(table.alignment(drawn), contrasts))
        pooled = table.pooled(drawn)
        consistent.append(self_consistency_rounds(pooled).value)
    return CellBootstrap(
        key=cell.key,
        alignment=contrasted(alignment(cell.cell, ground_truth), contrasts),
        consistency=self_consistency(cell.cell),
        alignment_rounds=np.concatenate(aligned),
        consistency_rounds=np.concatenate(consistent),
        clusters=cell.cell.responses,
    )


@dataclass(frozen=True, eq=False)
class _JoinedTable:
    """The rows of P populations x the responses of a cell, by which of K bins they are in.

    A bin is a pair of topic and value that occurs in the cell; most pairs do not.
    """

    cell: Cell
    populations: Populations
    topic: IntArray
    """Topic of each bin; (K,)."""
    value: IntArray
    """Value of each bin; (K,)."""
    row_bin: IntArray
    """Population x K + bin of each row of the table."""

    @classmethod
    def of(cls, cell: Cell, populations: Populations) -> _JoinedTable:
        topic, value = np.nonzero(cell.counts)
        rows = populations.known[:, topic] * cell.counts[topic, value].astype(np.int64)
        return cls(cell, populations, topic, value, np.repeat(np.arange(rows.size), rows.ravel()))

    def draw(self, rounds: int, generator: np.random.Generator) -> FloatArray:
        """How many rows of each population and bin each round draws; (B, P, K)."""
        size, shape = self.row_bin.size, (len(self.populations.values), self.topic.size)
        width = shape[0] * shape[1]
        bins = self.row_bin.take(generator.integers(0, max(size, 1), (rounds, size)))
        bins += width * np.arange(rounds)[:, None]
        drawn = np.bincount(bins.ravel(), minlength=rounds * width)
        return drawn.reshape(rounds, *shape).astype(np.float64)

    def alignment(self, drawn: FloatArray) -> FloatArray:
        """Spearman alignment of each population over its own rows; (B, P)."""
        rounds, populations, bins = drawn.shape
        topics, values = self.cell.counts.shape
        in_topic, in_value = np.eye(topics)[self.topic], np.eye(values)[self.value]
        rows = drawn.reshape(rounds * populations, bins)
        weight = row_products(rows, in_topic).reshape(rounds, populations, topics)
        ranks, squares = centred_midranks(row_products(rows, in_value))
        sums = row_products(rows * ranks[:, self.value], in_topic).reshape(weight.shape)
        truth = self.populations.centred_midranks_each(weight)
        return correlations(
            np.einsum("bpt,bpt->bp", sums, truth),
            squares.reshape(rounds, populations),
            np.einsum("bpt,bpt,bpt->bp", weight, truth, truth),
            missing=[],
        ).value

    def pooled(self, drawn: FloatArray) -> ResponseRounds:
        """The rows of all populations together, each taken for a response of its own."""
        counts = np.zeros((len(drawn), *self.cell.counts.shape))
        counts[:, self.topic, self.value] = drawn.sum(axis=1)
        places = Places.one_each(len(drawn), self.cell.topics.size)
        return ResponseRounds(self.cell.values, places, counts, squares=counts.sum(axis=1))
