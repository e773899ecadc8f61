"""Standard errors, intervals and covariances from the rounds of a bootstrap; NaN is undefined."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from culture_ray.measures.result import FEWEST_TOPICS, FloatArray, require


def error_scores(
    rounds: npt.NDArray[np.floating[Any]], clusters: npt.ArrayLike | None = None
) -> FloatArray:
    """Return scores (B, C) whose products are the sampling covariance: V = scores' scores.

    `rounds` is (B, C), C figures in B joint rounds, NaN where undefined. The variance of a figure
    is taken over the rounds in which it is defined, and an undefined round adds nothing to a
    covariance: V is positive semi-definite whatever is missing, with covariances shrunk towards 0
    in proportion. `clusters` (C,) is the number n of topics of each figure: the variance of the
    bootstrap is too small by (n - 1)/n and is multiplied by n/(n - 1). The scores are NaN for a
    figure that is defined in fewer than 2 rounds or has fewer than FEWEST_TOPICS topics.
    """
    require(rounds.ndim == 2, f"rounds of shape {rounds.shape}, not (rounds, figures)")
    defined = ~np.isnan(rounds)
    count = defined.sum(axis=0)
    filled = np.where(defined, rounds, 0.0)
    centred = np.where(defined, filled - filled.sum(axis=0) / np.maximum(count, 1), 0.0)
    scores = np.asarray(centred / np.where(count > 1, np.sqrt(np.maximum(count - 1, 1)), np.nan))
    if clusters is None:
        return scores
    return scores * _small_sample(np.asarray(clusters, dtype=np.float64), count.shape)


def standard_errors(rounds: FloatArray, clusters: npt.ArrayLike | None = None) -> FloatArray:
    """Return the standard errors (C,) of figures over rounds (B, C), NaN as in `error_scores`."""
    scores = error_scores(rounds, clusters)
    return np.asarray(np.sqrt(np.einsum("bc,bc->c", scores, scores)))


def t_half_width(
    std_errors: npt.ArrayLike, clusters: npt.ArrayLike, level: float = 0.95
) -> FloatArray:
    """Return the half-width of t intervals over topics, with clusters - 1 degrees of freedom.

    `std_errors` and the number of topics `clusters` broadcast.
    """
    df = np.maximum(np.asarray(clusters, dtype=np.float64) - 1, 1)
    return np.asarray(special.stdtrit(df, (1 + level) / 2) * np.asarray(std_errors))


def percentile_intervals(rounds: FloatArray, level: float = 0.95) -> FloatArray:
    """Return equal-tailed intervals over the rounds in which a figure is defined; (B, C) to (2, C).

    Both ends are NaN for a figure that is undefined in all rounds.
    """
    require(0 < level < 1, f"an interval at level {level}")
    tails = [(1 - level) / 2, (1 + level) / 2]
    ends = np.full((2, rounds.shape[1]), np.nan)
    known = ~np.all(np.isnan(rounds), axis=0)
    ends[:, known] = np.nanquantile(rounds[:, known], tails, axis=0)
    return ends


def mean_of_defined(values: FloatArray, axis: int = 0) -> FloatArray:
    """Return the mean of the defined values over an axis; NaN where there is none."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    sums = np.where(known, values, 0.0).sum(axis=axis)
    return np.where(count > 0, sums / np.maximum(count, 1), np.nan)


def variance_of_defined(values: FloatArray, axis: int = 0) -> FloatArray:
    """Return the unbiased variance of the defined values; NaN for fewer than two."""
    count = (~np.isnan(values)).sum(axis=axis)
    gaps = values - np.expand_dims(mean_of_defined(values, axis), axis)
    squares = np.nan_to_num(gaps**2).sum(axis=axis)
    return np.where(count >= 2, squares / np.maximum(count - 1, 1), np.nan)


def _small_sample(clusters: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    require(clusters.shape == shape, f"clusters of shape {clusters.shape} for {shape} figures")
    enough = clusters >= FEWEST_TOPICS
    factor = np.where(enough, clusters / np.maximum(clusters - 1, 1), np.nan)
    return np.asarray(np.sqrt(factor))
