"""Fidelity to groups: how close a model's answers as a group are to the group's people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from culture_ray.measures.answer_distances import (
    DISTANCES,
    SIMILARITIES,
    Distance,
    mean_difference,
    wasserstein,
)
from culture_ray.measures.respondents.figures import (
    RespondentFigure,
    distance_figure,
    fall_figure,
    mean_figure,
)
from culture_ray.measures.respondents.samples import GroupRounds, People, Rounds
from culture_ray.measures.result import BoolArray, FloatArray, IntArray

GAIN = "gain"
MEASURES = (*DISTANCES, "mean_difference", GAIN)
Pairs = Sequence[tuple[FloatArray, FloatArray]]
"""Distributions (B + 1, K) of the model and of people, by topic."""

_NO_TOPIC = "no topic with answers of the model and of the group's people"


def fidelity(
    groups: GroupRounds, rounds: Rounds, group: int, df: int
) -> dict[str, RespondentFigure]:
    """Return the figures of one group by MEASURES: means over topics with answers of both.

    `gain` is the Wasserstein distance of the answers without a persona less that of the answers as
    the group: above 0, the persona brings the model nearer to these people.
    """
    topics = topics_of(groups, group)
    if not topics:
        return dict.fromkeys(MEASURES, RespondentFigure(np.nan, reason=_NO_TOPIC))
    scales = rounds.scales
    of_group = [
        (groups.model[:, group, t, : scales[t]], groups.people[:, group, t, : scales[t]])
        for t in topics
    ]
    found = {name: _distance(of_group, name, df) for name in DISTANCES}
    found["mean_difference"] = mean_figure(_over(of_group, mean_difference), df)
    plain = [
        (rounds.plain[:, t, : scales[t]], people)
        for t, (_, people) in zip(topics, of_group, strict=True)
    ]
    return found | {GAIN: _gain(plain, of_group, df)}


def floors(
    people: People, members: Sequence[IntArray], group: int, topics: Sequence[int]
) -> Mapping[str, float]:
    """Return each distance between the two halves of a group's people, the mean over topics."""
    own = np.isin(people.profile, members[group])
    sums: dict[str, list[float]] = {name: [] for name in DISTANCES}
    for topic in topics:
        halves = [_share(people, own & (people.half == part), topic) for part in (0, 1)]
        for name, measure in DISTANCES.items():
            sums[name].append(float(measure(*halves)))
    return {name: float(np.mean(values)) if values else np.nan for name, values in sums.items()}


def topics_of(groups: GroupRounds, group: int) -> list[int]:
    """Return the topics with answers of the model and of a group's people."""
    return [int(topic) for topic in np.flatnonzero(groups.weight[0, group] > 0)]


def flagged(figures: Mapping[str, RespondentFigure], reason: str) -> dict[str, RespondentFigure]:
    """Return the values of figures without their intervals, which `reason` explains."""
    return {
        name: replace(each, std_error=np.nan, low=np.nan, high=np.nan, reason=each.reason or reason)
        for name, each in figures.items()
    }


def _over(pairs: Pairs, measure: Distance) -> FloatArray:
    """Return a measure of T pairs of distributions (B + 1, T)."""
    return np.stack([measure(p, q) for p, q in pairs], axis=1)


def _distance(pairs: Pairs, name: str, df: int) -> RespondentFigure:
    values = _over(pairs, DISTANCES[name])
    if name not in SIMILARITIES:
        return distance_figure(values, _alike(pairs, name), df)
    away = distance_figure(1.0 - values, 1.0 - _alike(pairs, name), df)
    return replace(away, value=1.0 - away.value, low=1.0 - away.high, high=1.0 - away.low)


def _gain(plain: Pairs, of_group: Pairs, df: int) -> RespondentFigure:
    known = [at for at, (p, _) in enumerate(plain) if not np.isnan(p[0]).any()]
    if not known:
        return RespondentFigure(np.nan, reason="no answers without a persona")
    both = [[pairs[at] for at in known] for pairs in (plain, of_group)]
    before, after = (_over(pairs, wasserstein) for pairs in both)
    alike = _alike(both[0], "wasserstein"), _alike(both[1], "wasserstein")
    return fall_figure(before, after, alike, df)


def _alike(pairs: Pairs, name: str) -> float:
    """Return the mean of a measure over rounds if each pair of distributions were their mean."""
    measure, moved = DISTANCES[name], []
    for p, q in pairs:
        middle = (p[0] + q[0]) / 2
        moved.append(measure(_moved(p, middle), _moved(q, middle)))
    return float(np.nanmean(moved))


def _moved(shares: FloatArray, middle: FloatArray) -> FloatArray:
    """Return `middle` moved (B, K) as the rounds move the estimate, as distributions."""
    moved = np.maximum(middle + shares[1:] - shares[0], 0.0)
    return np.asarray(moved / moved.sum(axis=1, keepdims=True))


def _share(people: People, rows: BoolArray, topic: int) -> FloatArray:
    given = people.answers[:, topic]
    counted = rows & (given >= 0)
    sums = np.bincount(given[counted], people.weight[counted], minlength=people.scales[topic])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(sums / sums.sum())
