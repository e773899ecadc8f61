"""Topic-level rounds of drawn responses: a topic's mean varies from round to round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.ranks import precedence
from culture_ray.measures.resampling.places import Places
from culture_ray.measures.result import BoolArray, FloatArray


@dataclass(frozen=True, eq=False)
class MeanRounds:
    """B rounds with one row of weight 1 per drawn topic, the mean of its drawn responses."""

    places: Places
    """Which topic is in each of S places."""
    means: FloatArray
    """Mean value polarity in each place, NaN where nothing was drawn; (B, S)."""

    @property
    def weight(self) -> FloatArray:
        """How many rows each topic has; (B, T)."""
        return self.places.sum_by_topic(self._rows[:, :, None])[:, :, 0]

    def rank_sums(self, masks: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Sums of the centred midranks of the means (B, G, T), and of their squares (B, G)."""
        among = masks[:, self.places.held].transpose(1, 0, 2).astype(np.float64)
        # Places without a mean precede nothing and have rank 0.
        ranks = among @ precedence(self.means)
        squares = np.einsum("bgs,bgs,bgs->bg", among, ranks, ranks)
        return self.places.sum_by_topic(ranks.transpose(0, 2, 1)).transpose(0, 2, 1), squares

    def power_sums(self, centre: float) -> tuple[FloatArray, FloatArray]:
        """Sums of (mean - centre), and of its square, over each topic's rows; both (B, T)."""
        shifted = np.nan_to_num(self.means - centre)
        sums = self.places.sum_by_topic(np.stack([shifted, shifted**2], axis=2))
        return sums[:, :, 0], sums[:, :, 1]

    def distance_sums(self, targets: FloatArray) -> FloatArray:
        """Sum of |mean - target of its topic|; targets (P, T) with NaN, which add 0; (B, P)."""
        gaps = np.nan_to_num(np.abs(self.means - targets[:, self.places.held]))
        return np.asarray(gaps.sum(axis=2).T)

    @property
    def _rows(self) -> FloatArray:
        return (~np.isnan(self.means)).astype(np.float64)
