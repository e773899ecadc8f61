"""Resemblance of models: correlation of what is particular to their answers, without noise.

Two names of one model, a model and its quantisation, or two versions of it answer alike topic by
topic, and count as two observations where there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from culture_ray.measures.cells import Cell
from culture_ray.measures.result import BoolArray, FloatArray

_FEWEST = 30
"""Fewest topics, over all languages together, from which a resemblance is computed."""


def resemblances(cells: Sequence[Sequence[Cell | None]], topics: int) -> FloatArray:
    """Return the resemblance of every pair of M models, (M, M) with NaN where it is unknown.

    `cells` are M lists of L cells, one per language, None where there is none; `topics` is the
    length of the caller's list of topics. A model's deviation on a topic is its mean value polarity
    minus that of all models but the two compared, minus the mean over the language's topics. The
    result is the correlation of two models' deviations over topics and languages, corrected for the
    sampling error of means (Spearman 1904): about 1 for one model under two names. At least three
    models are needed.
    """
    count = len(cells)
    shape = (count, len(cells[0]) if cells else 0, topics)
    means, noise = np.full(shape, np.nan), np.full(shape, np.nan)
    for i, row in enumerate(cells):
        for k, cell in enumerate(row):
            if cell is not None and cell.responses:
                means[i, k, cell.topics] = cell.topic_means
                noise[i, k, cell.topics] = cell.variance_within_topics / cell.responses_per_topic
    known = np.isfinite(means) & np.isfinite(noise)
    table = _Table(np.where(known, means, 0.0), np.where(known, noise, 0.0), known)
    found = np.full((count, count), np.nan)
    for i, j in combinations(range(count), 2):
        found[i, j] = found[j, i] = table.resemblance(i, j)
    return found


@dataclass(frozen=True, eq=False)
class _Table:
    """Topic means of M models in L languages, 0 where unknown; all (M, L, T)."""

    means: FloatArray
    noise: FloatArray
    """Sampling variances of the means."""
    known: BoolArray

    @cached_property
    def _totals(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        number = self.known.sum(axis=0).astype(np.float64)
        return self.means.sum(axis=0), self.noise.sum(axis=0), number

    def resemblance(self, i: int, j: int) -> float:
        """Return the resemblance of two models; NaN where it is unknown."""
        own = self.known[i] & self.known[j]
        mean, noise, number = self._totals
        others = number - self.known[i] - self.known[j]
        both = own & (others > 0)
        size = int(both.sum())
        if size < _FEWEST:
            return np.nan
        divisor = np.maximum(others, 1.0)
        common = (mean - self.means[i] - self.means[j]) / divisor
        shared = (noise - self.noise[i] - self.noise[j]) / divisor**2
        first, second = (_centred(self.means[k] - common, both) for k in (i, j))
        common_noise = shared[both].mean()
        covariance = (first * second).sum() / size - common_noise
        spreads = [
            (deviation**2).sum() / size - self.noise[k][both].mean() - common_noise
            for k, deviation in ((i, first), (j, second))
        ]
        return float(covariance / np.sqrt(spreads[0] * spreads[1])) if min(spreads) > 0 else np.nan


def _centred(values: FloatArray, known: BoolArray) -> FloatArray:
    """Return values minus their mean per language, 0 where unknown; (L, T)."""
    filled = np.where(known, values, 0.0)
    mean = filled.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.where(known, filled - mean[:, None], 0.0)
