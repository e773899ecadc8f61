"""Map: people and models in two dimensions, with the uncertainty from the choice of topics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.levels import POINTS
from culture_ray.measures.result import FEWEST_TOPICS, BoolArray, FloatArray, IntArray, require

LEAST_SHARE = 0.5
"""Share of the topics that a point needs to be on the map."""


@dataclass(frozen=True, eq=False)
class CultureMap:
    """Places of N points in two dimensions; NaN for points that are not on the map."""

    places: FloatArray
    """(N, 2); distances are root mean square differences over topics, in points."""
    covariance: FloatArray
    """Sampling covariance of each place over draws of topics; (N, 2, 2)."""
    shares: FloatArray
    """Share of the squared distances between points that each dimension shows; (2,)."""
    loadings: FloatArray
    """Loading of each topic on each dimension, NaN for topics that are not used; (T, 2). The
    squares of a dimension add up to 1; a point with more pro on a topic of a positive loading lies
    farther along the dimension."""


def culture_map(values: FloatArray, is_model: BoolArray, draws: FloatArray) -> CultureMap | None:
    """Return the map of N points with value polarity over T topics; None with too few of either.

    The two dimensions are the principal components of the points' value polarity, with people and
    models weighing half each. `values` is (N, T), NaN where unknown: a point without half of the
    topics is left out, and what others lack is the topic's mean over points of their kind. `draws`
    (B, T) count each topic per joint draw. Each draw is turned onto the map (orthogonal Procrustes)
    before the spread of its places is taken.
    """
    require(draws.shape[1:] == values.shape[1:], f"values {values.shape}, draws {draws.shape}")
    asked = ~np.isnan(values).all(axis=0)
    enough = (~np.isnan(values[:, asked])).mean(axis=1) >= LEAST_SHARE if asked.any() else []
    on_map = np.flatnonzero(enough)
    filled = _filled(values[on_map], is_model[on_map])
    topics = np.flatnonzero(~np.isnan(filled).any(axis=0))
    if on_map.size < 3 or topics.size < FEWEST_TOPICS:
        return None
    weights = _halves(is_model[on_map])
    table, drawn = POINTS * filled[:, topics], draws[:, topics]
    places, shares, axes = _places(table, weights, np.ones(topics.size))
    turned = np.stack(
        [
            _turned(_places(table, weights, draw)[0], places, weights)
            for draw in drawn[drawn.sum(axis=1) > 0]
        ]
    )
    apart = turned - turned.mean(axis=0)
    found = CultureMap(
        np.full((len(values), 2), np.nan),
        np.full((len(values), 2, 2), np.nan),
        shares,
        np.full((values.shape[1], 2), np.nan),
    )
    found.places[on_map], found.loadings[topics] = places, axes
    # The bootstrap's variance is too small by (T - 1) / T.
    spread = np.einsum("bni,bnj->nij", apart, apart) / max(len(turned) - 1, 1)
    found.covariance[on_map] = spread * topics.size / (topics.size - 1)
    return found


def first_equal(values: FloatArray) -> IntArray:
    """Return, for each of N points, the first point with equal values over all topics; (N,).

    A point without any value equals no other.
    """
    own = np.arange(len(values))
    known = ~np.isnan(values).all(axis=1)
    rounded = np.nan_to_num(np.round(values[known], 9), nan=-1.0)
    _, first, group = np.unique(rounded, axis=0, return_index=True, return_inverse=True)
    own[known] = own[known][first[group.reshape(-1)]]
    return own


def ellipse(covariance: FloatArray) -> tuple[float, float, float]:
    """Return both half-axes of the 95 % ellipse of a place, and the major axis's angle in degrees.

    `covariance` is (2, 2); 5.99 is the 95 % quantile of chi square with 2 degrees of freedom.
    """
    size, axes = np.linalg.eigh(covariance)
    minor, major = np.sqrt(5.991464547107979 * np.maximum(size, 0.0))
    return float(major), float(minor), float(np.degrees(np.arctan2(axes[1, 1], axes[0, 1])) % 180)


def _filled(values: FloatArray, is_model: BoolArray) -> FloatArray:
    filled = values.copy()
    for kind in (True, False):
        rows = np.flatnonzero(is_model == kind)
        known = ~np.isnan(values[rows])
        count = np.where(known.any(axis=0), known.sum(axis=0), np.nan)
        mean = np.where(known, values[rows], 0.0).sum(axis=0) / count
        filled[rows] = np.where(known, values[rows], mean)
    return np.asarray(filled)


def _halves(is_model: BoolArray) -> FloatArray:
    models = max(int(is_model.sum()), 1)
    people = max(int((~is_model).sum()), 1)
    weights = np.where(is_model, 1 / models, 1 / people)
    return np.asarray(weights / weights.sum())


def _places(
    table: FloatArray, weights: FloatArray, draw: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the first two principal components (N, 2), their shares of the variance (2,), and
    their loadings (T, 2)."""
    centred = (table - weights @ table) * np.sqrt(draw / draw.sum())
    scaled = np.sqrt(weights)[:, None] * centred
    small = scaled.shape[0] <= scaled.shape[1]
    size, vectors = np.linalg.eigh(scaled @ scaled.T if small else scaled.T @ scaled)
    first = np.maximum(size[::-1][:2], 0.0)
    if small:
        axes = scaled.T @ vectors[:, ::-1][:, :2] / np.sqrt(np.where(first > 0, first, np.inf))
    else:
        axes = vectors[:, ::-1][:, :2]
    # A fixed sign: the largest entry of an axis is positive.
    largest = np.abs(axes).argmax(axis=0)
    axes = axes * np.where(axes[largest, [0, 1]] < 0, -1.0, 1.0)
    total = size.sum()
    return centred @ axes, first / total if total > 0 else np.zeros(2), axes


def _turned(places: FloatArray, onto: FloatArray, weights: FloatArray) -> FloatArray:
    """Return places rotated or mirrored onto others, as near as possible."""
    left, _, right = np.linalg.svd((weights[:, None] * places).T @ onto)
    return np.asarray(places @ left @ right)
