"""Rounds of the rescaled bootstrap over clusters of respondents and over prompts.

n - 1 of the n units of each stratum are drawn with replacement and count n / (n - 1) times as
often, so that the variance of a total is unbiased even for two units a stratum (Rao & Wu 1988; Rao,
Wu & Yue 1992). Clusters are the units of a survey's strata; prompts are those of a topic.
"""

from __future__ import annotations

import numpy as np

from culture_ray.measures.resampling.streams import stream
from culture_ray.measures.respondents.samples import NOBODY, ModelAnswers, People, Rounds
from culture_ray.measures.result import BoolArray, FloatArray, IntArray


def resampled(
    people: People, responses: ModelAnswers, profiles: int, rounds: int, seed: int
) -> Rounds:
    """Return the weights of answers in the samples as they are and in `rounds` resamples."""
    stratum = pooled_strata(people.stratum, people.cluster)
    clusters, cluster = np.unique(people.cluster, return_inverse=True)
    of_cluster = np.zeros(len(clusters), dtype=np.int64)
    of_cluster[cluster] = stratum
    factor = multipliers(of_cluster, rounds, stream(seed, "clusters of respondents", 0))
    weights = factor[:, cluster] * people.weight
    prompts, prompt = np.unique(responses.prompt, return_inverse=True)
    of_prompt = np.zeros(len(prompts), dtype=np.int64)
    of_prompt[prompt] = responses.topic
    times = multipliers(of_prompt, rounds, stream(seed, "prompts of profiles", 0))[:, prompt]
    most = max(people.scales)
    own = [responses.profile == profile for profile in (*range(profiles), NOBODY)]
    means = np.stack(
        [_mean_shares(responses, times, rows, len(people.scales)) for rows in own], axis=1
    )
    return Rounds(
        weights=weights,
        people=_answer_weights(people, weights, profiles, most),
        model=means[:, :-1],
        plain=means[:, -1],
        scales=people.scales,
    )


def multipliers(stratum: IntArray, rounds: int, random: np.random.Generator) -> FloatArray:
    """Return the number of times that each unit counts (rounds + 1, U); once in the first row.

    A unit that is alone in its stratum counts once in every round.
    """
    factor = np.ones((rounds + 1, len(stratum)))
    for name in np.unique(stratum):
        units = np.flatnonzero(stratum == name)
        count = len(units)
        if count > 1:
            drawn = random.multinomial(count - 1, np.full(count, 1 / count), size=rounds)
            factor[1:, units] = drawn * (count / (count - 1))
    return factor


def pooled_strata(stratum: IntArray, cluster: IntArray) -> IntArray:
    """Return the strata (N,) with all those of a single cluster put into one."""
    pairs = np.unique(np.stack([stratum, cluster]), axis=1)
    names, count = np.unique(pairs[0], return_counts=True)
    return np.where(np.isin(stratum, names[count == 1]), names.min() - 1, stratum)


def degrees_of_freedom(people: People) -> int:
    """Return the number of clusters less that of strata, at least 1."""
    stratum = pooled_strata(people.stratum, people.cluster)
    return max(len(np.unique(people.cluster)) - len(np.unique(stratum)), 1)


def _answer_weights(people: People, weights: FloatArray, profiles: int, most: int) -> FloatArray:
    topics = len(people.scales)
    found = np.zeros((len(weights), profiles, topics, most))
    for profile in range(profiles):
        rows = np.flatnonzero(people.profile == profile)
        given = (people.answers[rows, :, None] == np.arange(most)).astype(np.float64)
        sums = weights[:, rows] @ given.reshape(len(rows), topics * most)
        found[:, profile] = sums.reshape(len(weights), topics, most)
    return found


def _mean_shares(
    responses: ModelAnswers, times: FloatArray, rows: BoolArray, topics: int
) -> FloatArray:
    """Return the mean distribution of some responses by topic (B + 1, T, K); NaN without any."""
    found = np.full((len(times), topics, responses.share.shape[1]), np.nan)
    for topic in range(topics):
        own = np.flatnonzero(rows & (responses.topic == topic))
        if own.size:
            weight = times[:, own]
            with np.errstate(divide="ignore", invalid="ignore"):
                found[:, topic] = weight @ responses.share[own] / weight.sum(axis=1, keepdims=True)
    return found
