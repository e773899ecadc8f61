"""Rounds of all cells of a simulated study at once: the cells have the same topics and values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.ranks import centred_midranks
from culture_ray.measures.result import BoolArray, FloatArray


@dataclass(frozen=True, eq=False)
class StudyRounds:
    """Rounds in which whole topics are drawn, the same in each of n cells.

    The rounds of the first cell come first: B = n x R for R draws. It has the sums that Spearman
    correlations need (`RankRounds`), and gives each cell the figures of `TopicRounds`.
    """

    counts: FloatArray
    """Responses per cell, topic and value, the values in ascending order; (n, T, V)."""
    draws: FloatArray
    """Draws of each topic; (R, T)."""

    @property
    def weight(self) -> FloatArray:
        """Sum of w over each topic's responses; (B, T)."""
        per_topic = self.counts.sum(axis=2)
        return np.asarray((per_topic[:, None] * self.draws).reshape(-1, per_topic.shape[1]))

    def rank_sums(self, masks: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Return the sums of w r (B, G, T) and of w r^2 (B, G), with r the centred midrank of x.

        `masks` (G, T) is True for topics over which ranks are taken.
        """
        cells, topics, values = self.counts.shape
        drawn = (self.draws[:, None] * masks).reshape(-1, topics)
        totals = np.matmul(drawn, self.counts)
        ranks, squares = centred_midranks(totals.reshape(-1, len(masks), values))
        per_response = ranks.reshape(cells, -1, values)
        sums = np.matmul(per_response, self.counts.transpose(0, 2, 1))
        sums = sums.reshape(cells, len(self.draws), len(masks), topics) * self.draws[:, None]
        return sums.reshape(-1, len(masks), topics), squares
