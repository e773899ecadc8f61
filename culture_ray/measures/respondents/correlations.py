"""Pattern of the correlations between items, over respondents and over a model's personas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.answer_distances import positions
from culture_ray.measures.respondents.figures import RespondentFigure, correlation_figure
from culture_ray.measures.respondents.samples import People, Rounds
from culture_ray.measures.result import FloatArray, IntArray

FEWEST_TOPICS = 4
"""Fewest topics with a figure: they have six pairs."""
MOST_ROUNDS = 100
"""Rounds of this figure, which takes the products of all pairs of items in each."""


@dataclass(frozen=True, eq=False)
class ItemCorrelation:
    """Correlation of the two patterns, and its ceiling for a model that knows profiles alone."""

    figure: RespondentFigure
    ceiling: float = np.nan


def item_correlation(people: People, rounds: Rounds, df: int) -> ItemCorrelation:
    """Return the correlation, over pairs of items, of people's and the model's item correlations.

    For people, items are correlated over respondents who answered both. For the model, every
    respondent is replaced by its answers as their profile, drawn independently for each item: the
    covariance is that of the profiles' means, the variances those of all answers. A model knows no
    more of a respondent than the profile, so that even one with the people's own means stays below
    1: at the ceiling, for which the profiles' covariances are taken between the two halves of the
    sample.
    """
    topics = [int(t) for t in np.flatnonzero(rounds.asked.any(axis=0))]
    if len(topics) < FEWEST_TOPICS:
        return ItemCorrelation(
            RespondentFigure(np.nan, reason=f"fewer than {FEWEST_TOPICS} topics")
        )
    pairs = np.triu_indices(len(topics), 1)
    scaled = _scaled(people, topics)
    found = []
    for row in range(min(len(rounds.weights), MOST_ROUNDS + 1)):
        own = _of_people(scaled, rounds.weights[row])[pairs]
        found.append(_pearson(own, _of_model(rounds, row, topics)[pairs]))
    if np.isnan(found[0]):
        return ItemCorrelation(
            RespondentFigure(np.nan, reason="the model gives all profiles one answer")
        )
    own = _of_people(scaled, people.weight)[pairs]
    ceiling = _pearson(own, _of_profiles(people, scaled)[pairs])
    return ItemCorrelation(correlation_figure(np.array(found), df), ceiling)


def _scaled(people: People, topics: list[int]) -> FloatArray:
    """Return the answers (N, T) on the scale 0..1; NaN for none."""
    steps = np.array([people.scales[topic] - 1 for topic in topics])
    given = people.answers[:, topics]
    return np.where(given >= 0, given / steps, np.nan)


def _of_people(scaled: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the weighted correlations (T, T) over those who answered both items."""
    there = (~np.isnan(scaled)).astype(np.float64)
    x = np.nan_to_num(scaled)
    w = weight[:, None]
    total = (w * there).T @ there
    first, product, square = (w * x).T @ there, (w * x).T @ x, (w * x**2).T @ there
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = first / total
        variance = square / total - mean**2
        return np.asarray((product / total - mean * mean.T) / np.sqrt(variance * variance.T))


def _of_model(rounds: Rounds, row: int, topics: list[int]) -> FloatArray:
    weight = rounds.people[0].sum(axis=(1, 2))
    share = weight / weight.sum()
    means, variances = [], []
    for topic in topics:
        x = positions(rounds.scales[topic])
        p = rounds.model[row, :, topic, : rounds.scales[topic]]
        known = np.where(np.isnan(p[:, 0]), 0.0, share)
        known = known / known.sum()
        p = np.nan_to_num(p)
        of_profile = p @ x
        mean = known @ of_profile
        means.append(np.where(known > 0, of_profile - mean, 0.0))
        variances.append(known @ (p @ x**2) - mean**2)
    centred = np.stack(means)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((centred * share) @ centred.T / np.sqrt(np.outer(variances, variances)))


def _of_profiles(people: People, scaled: FloatArray) -> FloatArray:
    """Return the same as of a model with the people's own profile means, free of their sampling."""
    profiles = int(people.profile.max()) + 1
    share = np.bincount(people.profile, people.weight, minlength=profiles)
    share = share / share.sum()
    halves = []
    for part in (0, 1):
        rows = people.half == part
        means = np.stack(
            [
                _weighted_means(people.profile[rows], people.weight[rows], item[rows], profiles)
                for item in scaled.T
            ]
        )
        known = np.where(np.isnan(means), 0.0, share)
        overall = np.nansum(known * means, axis=1) / known.sum(axis=1)
        halves.append(np.nan_to_num(means - overall[:, None]))
    cross = (halves[0] * share) @ halves[1].T
    there = ~np.isnan(scaled)
    w = np.where(there, people.weight[:, None], 0.0)
    mean = np.nansum(w * scaled, axis=0) / w.sum(axis=0)
    spread = np.sqrt(np.nansum(w * (scaled - mean) ** 2, axis=0) / w.sum(axis=0))
    return np.asarray((cross + cross.T) / 2 / np.outer(spread, spread))


def _weighted_means(
    profile: IntArray, weight: FloatArray, item: FloatArray, profiles: int
) -> FloatArray:
    given = ~np.isnan(item)
    total = np.bincount(profile[given], weight[given], minlength=profiles)
    sums = np.bincount(profile[given], weight[given] * item[given], minlength=profiles)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(sums / total)


def _pearson(one: FloatArray, other: FloatArray) -> float:
    known = ~np.isnan(one) & ~np.isnan(other)
    if known.sum() < 3 or not np.ptp(one[known]) or not np.ptp(other[known]):
        return np.nan
    return float(np.corrcoef(one[known], other[known])[0, 1])
