"""Figures and contrasts of a benchmark with standard errors and t intervals over item clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from culture_ray.benchmarks.scoring.cluster_draws import ItemClusters, Weights, joined_by_cluster
from culture_ray.benchmarks.scoring.item_figures import ItemFigure
from culture_ray.benchmarks.scoring.linear_figures import GroupFigure, LinearFigure, LinearMap
from culture_ray.measures.result import FEWEST_TOPICS, BoolArray, FloatArray, IntArray

FEWEST_CLUSTERS = FEWEST_TOPICS
"""Fewest clusters of a figure with a standard error."""
CHUNK_ROUNDS = 64
"""Rounds whose figures are held at once."""


@dataclass(frozen=True, eq=False)
class FigureEstimates:
    """Values of F figures with errors; NaN where undefined, (F,) each."""

    value: FloatArray
    std_error: FloatArray
    """NaN also where no draw changes the figure, as when all scores are 0."""
    ci_low: FloatArray
    ci_high: FloatArray
    clusters: IntArray
    """Clusters that the figure, or the smallest group in it, is computed from."""
    rounds: FloatArray
    """Rounds of the figures that were kept, (B, kept)."""


def estimates(
    figures: Sequence[GroupFigure],
    wanted: Sequence[LinearFigure],
    clusters: ItemClusters,
    *,
    rounds: int,
    seed: int,
    keep: Sequence[int] = (),
    level: float = 0.95,
) -> FigureEstimates:
    """Return the wanted figures with t intervals; all share the same draws of clusters.

    Degrees of freedom are clusters - 1. For a contrast of groups that are strata they follow from
    the variance of each part (Welch 1947). `keep` names the wanted figures whose rounds are
    returned. Memory is the columns of the figures once, and `CHUNK_ROUNDS` rounds of all of them.
    """
    sums = [_ClusterSums.of(one, clusters) for one in figures]
    mapped = LinearMap.of(wanted, figures)
    observed = _values(sums, np.ones((1, clusters.count), np.float32))
    value = mapped.values(observed)[0]
    whole = _Spread(value)
    parts = _Spread(mapped.part_values(observed)[0])
    kept = [np.zeros((0, len(keep)))]
    for weights in clusters.draws(rounds, seed, CHUNK_ROUNDS):
        drawn = _values(sums, weights)
        found = mapped.values(drawn)
        whole.add(found)
        parts.add(mapped.part_values(drawn))
        kept.append(found[:, list(keep)])
    counts = np.concatenate([one.clusters for one in sums]) if sums else np.zeros(0, np.int64)
    fewest = mapped.fewest(counts)
    enough = (fewest >= FEWEST_CLUSTERS) & ~np.isnan(value)
    error = np.where(enough & (whole.error > 0), whole.error, np.nan)
    df = _degrees(parts.error, mapped.fewest_by_part(counts), fewest)
    reach = special.stdtrit(df, (1 + level) / 2) * error
    ends = np.array([(one.lowest, one.highest) for one in wanted]).reshape(-1, 2)
    low, high = np.maximum(value - reach, ends[:, 0]), np.minimum(value + reach, ends[:, 1])
    zero, one = _extremes(wanted, figures, value, enough)
    far = 1 - ((1 - level) / 2) ** (1 / np.maximum(fewest, 1))
    return FigureEstimates(
        value,
        error,
        np.where(zero, 0.0, np.where(one, 1 - far, low)),
        np.where(zero, far, np.where(one, 1.0, high)),
        fewest,
        np.concatenate(kept),
    )


@dataclass(frozen=True, eq=False)
class _ClusterSums:
    """Columns of a group figure, summed by cluster."""

    columns: Weights
    """(clusters of the group, K * cells)."""
    at: IntArray
    """Clusters with rows in the group."""
    figure: ItemFigure
    clusters: IntArray
    """Number of clusters with a row that counts, per cell; (cells,)."""

    @classmethod
    def of(cls, one: GroupFigure, clusters: ItemClusters) -> _ClusterSums:
        figure, rows = one.figure, np.flatnonzero(one.rows)
        K, cells = figure.columns.shape[1:]
        if not rows.size:
            none = np.zeros((0, K * cells), np.float32), np.zeros(0, np.int64)
            return cls(*none, figure, np.zeros(cells, np.int64))
        at, local = np.unique(clusters.of_row[rows], return_inverse=True)
        own = ItemClusters(local.astype(np.int64), np.zeros(at.size, np.int64))
        columns = figure.columns if one.rows.all() else figure.columns[rows]
        summed = joined_by_cluster(columns.reshape(rows.size, K * cells), own)
        counted = joined_by_cluster(figure.defined[rows].astype(np.float32), own)
        return cls(summed, at, figure, (counted > 0).sum(axis=0))

    def values(self, weights: Weights) -> FloatArray:
        """Return the figure of each cell in each round, (B, cells)."""
        own = weights if self.at.size == weights.shape[1] else weights[:, self.at]
        sums = (own @ self.columns).reshape(len(weights), *self.figure.columns.shape[1:])
        return self.figure.combine(sums.astype(np.float64))


def _values(sums: Sequence[_ClusterSums], weights: Weights) -> FloatArray:
    """Return all figures of all cells, one after the other; (B, all cells)."""
    return np.concatenate([np.zeros((len(weights), 0)), *(s.values(weights) for s in sums)], axis=1)


class _Spread:
    """Running standard deviation of figures over rounds, NaN where a figure is undefined."""

    def __init__(self, centre: FloatArray) -> None:
        self._centre = centre
        self._moments = [np.zeros(centre.shape) for _ in range(3)]

    def add(self, values: FloatArray) -> None:
        """Add some rounds of the figures."""
        gaps = values - self._centre
        known = ~np.isnan(gaps)
        filled = np.where(known, gaps, 0.0)
        new = (known.sum(axis=0), filled.sum(axis=0), (filled**2).sum(axis=0))
        self._moments = [a + b for a, b in zip(self._moments, new, strict=True)]

    @property
    def error(self) -> FloatArray:
        """Standard deviation; NaN where fewer than two rounds define the figure."""
        count, total, squares = self._moments
        variance = (squares - total**2 / np.maximum(count, 1)) / np.maximum(count - 1, 1)
        # Differences from rounding in single precision are no spread.
        deviation = np.sqrt(np.where(variance > 1e-12, variance, 0.0))
        return np.asarray(np.where(count > 1, deviation, np.nan))


def _degrees(part_error: FloatArray, part_sizes: IntArray, fewest: IntArray) -> FloatArray:
    """Return the degrees of freedom of each figure, from the error of its parts (F, parts)."""
    df = np.asarray(np.clip(fewest - 1, 1, 1 << 40), dtype=np.float64)
    if not part_error.shape[1]:
        return df
    variance = np.nan_to_num(part_error) ** 2
    below = (variance**2 / np.maximum(part_sizes - 1, 1)).sum(axis=1)
    several = ((variance > 0).sum(axis=1) > 1) & (below > 0)
    welch = variance.sum(axis=1) ** 2 / np.where(below > 0, below, 1.0)
    return np.asarray(np.where(several, np.maximum(welch, 1), df))


def _extremes(
    wanted: Sequence[LinearFigure],
    figures: Sequence[GroupFigure],
    value: FloatArray,
    enough: BoolArray,
) -> tuple[BoolArray, BoolArray]:
    """Return True for means of scores that are exactly 0, and for those that are 1.

    The draws do not vary there, although other items may well be answered otherwise. The interval
    is then that of Clopper & Pearson (1934), with each cluster counted once.
    """
    single = [
        len(one.terms) == 1
        and one.terms[0].weight == 1
        and figures[one.terms[0].figure].figure.is_mean
        for one in wanted
    ]
    mean = np.array(single, dtype=bool) & enough
    return mean & (value == 0), mean & (value == 1)
