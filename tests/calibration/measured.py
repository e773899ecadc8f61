"""Measures of a study from count tables, written apart from the package's own measures."""

from __future__ import annotations

import numpy as np

from culture_ray.measures.result import FloatArray

_NEGLIGIBLE = 1e-12
"""Variance of relative ranks up to which they count as constant (rounding error)."""


def alignments(
    counts: FloatArray, populations: tuple[FloatArray, ...], weights: FloatArray
) -> tuple[FloatArray, ...]:
    """Return Spearman correlations over responses with each population, n x rounds.

    One is NaN in a round whose responses are all alike, or all about one topic.

    Args:
        counts: n x topics x values.
        populations: each n x topics, without ties.
        weights: rounds x topics, how often a topic was drawn.
    """
    totals = weights @ counts
    size = totals.sum(-1)
    rank = (np.cumsum(totals, -1) - totals / 2) / size[..., None]
    spread = (totals * rank**2).sum(-1) / size - 0.25
    sums = rank @ counts.transpose(0, 2, 1)
    topic_sizes = weights[None] * counts.sum(-1)[:, None]
    out = []
    for population in populations:
        order = np.argsort(population, axis=-1)[:, None]
        sizes = np.take_along_axis(topic_sizes, np.broadcast_to(order, topic_sizes.shape), -1)
        drawn = np.take_along_axis(weights[None] * sums, np.broadcast_to(order, sums.shape), -1)
        q = (np.cumsum(sizes, -1) - sizes / 2) / size[..., None]
        q_spread = (sizes * q**2).sum(-1) / size - 0.25
        covariance = (drawn * q).sum(-1) / size - 0.25
        out.append(covariance / np.sqrt(_known(spread) * _known(q_spread)))
    return tuple(out)


def consistencies(counts: FloatArray) -> FloatArray:
    """Return Spearman correlations over pairs of different responses to a topic, n.

    One is NaN where all responses are alike.
    """
    size = counts.sum(-1)
    partners = np.maximum(size - 1, 0)
    weighted = (counts * partners[..., None]).sum(1)
    pairs = weighted.sum(-1)
    rank = (np.cumsum(weighted, -1) - weighted / 2) / pairs[:, None]
    spread = (weighted * rank**2).sum(-1) / pairs - 0.25
    sums = (counts * rank[:, None]).sum(-1)
    squares = (counts * rank[:, None] ** 2).sum((1, 2))
    return np.asarray((((sums**2).sum(-1) - squares) / pairs - 0.25) / _known(spread))


def _known(variance: FloatArray) -> FloatArray:
    """Return variances, NaN where ranks are constant."""
    return np.where(variance > _NEGLIGIBLE, variance, np.nan)
