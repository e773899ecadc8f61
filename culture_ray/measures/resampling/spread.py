"""Standard errors, intervals and covariances from the rounds of a bootstrap."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from culture_ray.measures.result import FloatArray, IntArray, require

FEWEST_TOPICS = 5
"""A figure of fewer topics has no standard error: draws of so few are too much alike for their
spread to say anything. Of two topics all draws have the same rank correlation."""


def undefined_rounds(rounds: FloatArray) -> IntArray:
    """In how many rounds each figure is undefined; rounds (B, ...), result (...)."""
    return np.asarray(np.isnan(rounds).sum(axis=0, dtype=np.int64))


def error_scores(rounds: FloatArray, clusters: npt.ArrayLike | None = None) -> FloatArray:
    """Scores (B, C) whose products are the figures' sampling covariance: V = scores' scores.

    `rounds` is (B, C), C figures in B joint rounds, NaN where undefined. A figure's variance is
    that over the rounds in which it is defined, and an undefined round adds nothing to a
    covariance: V is positive semi-definite whatever is missing, with covariances drawn towards 0
    in proportion. `clusters` (C,) is the number of topics a figure rests on: the bootstrap's
    variance is too small by (n - 1)/n, and is multiplied by n/(n - 1). A figure defined in fewer
    than 2 rounds, or of fewer than FEWEST_TOPICS topics, has scores of NaN.
    """
    require(rounds.ndim == 2, f"rounds of shape {rounds.shape}, not (rounds, figures)")
    defined = ~np.isnan(rounds)
    count = defined.sum(axis=0)
    filled = np.where(defined, rounds, 0.0)
    centred = np.where(defined, filled - filled.sum(axis=0) / np.maximum(count, 1), 0.0)
    scale = np.where(count > 1, 1.0 / np.sqrt(np.maximum(count - 1, 1)), np.nan)
    if clusters is not None:
        scale = scale * _small_sample(np.asarray(clusters, dtype=np.float64), scale.shape)
    return np.asarray(centred * scale)


def covariance(rounds: FloatArray, clusters: npt.ArrayLike | None = None) -> FloatArray:
    """Sampling covariance (C, C) of figures over joint rounds (B, C); see `error_scores`."""
    scores = error_scores(rounds, clusters)
    return np.asarray(scores.T @ scores)


def standard_errors(rounds: FloatArray, clusters: npt.ArrayLike | None = None) -> FloatArray:
    """Standard errors (C,) of figures over rounds (B, C), NaN as in `error_scores`."""
    scores = error_scores(rounds, clusters)
    return np.asarray(np.sqrt(np.einsum("bc,bc->c", scores, scores)))


def percentile_intervals(rounds: FloatArray, level: float = 0.95) -> FloatArray:
    """Equal-tailed intervals of the rounds in which a figure is defined; (2, C) from (B, C).

    Both ends are NaN for a figure that no round defines.
    """
    require(0 < level < 1, f"an interval at level {level}")
    tails = [(1 - level) / 2, (1 + level) / 2]
    ends = np.full((2, rounds.shape[1]), np.nan)
    known = ~np.all(np.isnan(rounds), axis=0)
    ends[:, known] = np.nanquantile(rounds[:, known], tails, axis=0)
    return ends


def mean_of_defined(values: FloatArray, axis: int = 0) -> FloatArray:
    """Return the mean over an axis; NaN where nothing is defined."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    sums = np.where(known, values, 0.0).sum(axis=axis)
    return np.where(count > 0, sums / np.maximum(count, 1), np.nan)


def variance_of_defined(values: FloatArray, axis: int = 0) -> FloatArray:
    """Return the unbiased variance over an axis; NaN where fewer than two are defined."""
    count = (~np.isnan(values)).sum(axis=axis)
    gaps = values - np.expand_dims(mean_of_defined(values, axis), axis)
    squares = np.nan_to_num(gaps**2).sum(axis=axis)
    return np.where(count >= 2, squares / np.maximum(count - 1, 1), np.nan)


def _small_sample(clusters: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    require(clusters.shape == shape, f"clusters of shape {clusters.shape} for {shape} figures")
    enough = clusters >= FEWEST_TOPICS
    factor = np.where(enough, clusters / np.maximum(clusters - 1, 1), np.nan)
    return np.asarray(np.sqrt(factor))
