"""Differences between groups of people, and how much of them a model's answers keep."""

from __future__ import annotations

import numpy as np

from culture_ray.measures.answer_distances import positions
from culture_ray.measures.respondents.figures import RespondentFigure, mean_figure, ratio_figure
from culture_ray.measures.respondents.samples import GroupRounds
from culture_ray.measures.result import FloatArray

MEASURES = ("people_variance", "model_variance", "variance_kept", "steerability")
_ALIKE = "the people's groups differ no more than sampling alone makes them differ"
_ONE = "fewer than two groups with answers of both"


def between_groups(
    groups: GroupRounds, scales: tuple[int, ...], df: int
) -> dict[str, RespondentFigure]:
    """Return the figures over groups by MEASURES.

    m and p are the mean answers, 0..1, of the model and of people in each group, less their means
    over groups with the weights of the groups' people. The variances are those of p and m, the mean
    over topics. `variance_kept` is the ratio of m's to p's: below 1, the model flattens the groups.
    `steerability` is the slope of m on p, sum(m p) / sum(p p): 1 if the model moves with the group
    as far as people differ, 0 if it does not, below 0 if the other way.
    """
    parts = [_of_topic(groups, topic, answers) for topic, answers in enumerate(scales)]
    known = [each for each in parts if each is not None]
    if not known:
        return dict.fromkeys(MEASURES, RespondentFigure(np.nan, reason=_ONE))
    people, model, both = np.stack(known, axis=2)
    return {
        "people_variance": mean_figure(people, df),
        "model_variance": mean_figure(model, df),
        "variance_kept": ratio_figure(model, people, df, _ALIKE),
        "steerability": ratio_figure(both, people, df, _ALIKE),
    }


def _of_topic(groups: GroupRounds, topic: int, answers: int) -> FloatArray | None:
    """Return the variances of people and model and their covariance (3, B + 1) between groups."""
    there = groups.weight[0, :, topic] > 0
    if there.sum() < 2:
        return None
    share = groups.weight[:, there, topic]
    share = share / share.sum(axis=1, keepdims=True)
    x = positions(answers)
    # A group that a round has nobody of has no weight there either.
    means = [
        np.nan_to_num(side[:, there, topic, :answers] @ x) for side in (groups.people, groups.model)
    ]
    people, model = (each - (each * share).sum(axis=1, keepdims=True) for each in means)
    parts = people**2, model**2, people * model
    return np.stack([(each * share).sum(axis=1) for each in parts])
