"""Samples that are compared: the respondents of some profiles, and a model's answers as them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from culture_ray.measures.result import BoolArray, FloatArray, IntArray, require

NOBODY = -1
"""Profile of responses that were asked for without a persona."""


@dataclass(frozen=True, eq=False)
class People:
    """N respondents of C profiles, and their answers to T topics.

    `profile`, `weight`, `stratum`, `cluster` and `half` are (N,); `answers` (N, T) are places on
    the topics' scales, -1 for none; `scales` (T,) is the number of answers on each.
    """

    profile: IntArray
    weight: FloatArray
    stratum: IntArray
    cluster: IntArray
    half: IntArray
    answers: IntArray
    scales: tuple[int, ...]

    def __post_init__(self) -> None:
        shape = (len(self.profile), len(self.scales))
        require(self.answers.shape == shape, f"answers {self.answers.shape}, not {shape}")


@dataclass(frozen=True, eq=False)
class ModelAnswers:
    """R responses of a model: distributions (R, K) over the answers, zero beyond a topic's scale.

    `profile`, `topic` and `prompt` are (R,); a prompt belongs to one topic, and the same prompts
    are asked as every profile.
    """

    profile: IntArray
    topic: IntArray
    prompt: IntArray
    share: FloatArray


@dataclass(frozen=True, eq=False)
class Rounds:
    """Weights of answers in B rounds, after those of the samples as they are.

    `weights` (B + 1, N) are those of respondents, and `people` (B + 1, C, T, K) their sums by
    answer; `model` (B + 1, C, T, K) and `plain` (B + 1, T, K), without a persona, are mean
    distributions, NaN without a response.
    """

    weights: FloatArray
    people: FloatArray
    model: FloatArray
    plain: FloatArray
    scales: tuple[int, ...]

    @property
    def asked(self) -> BoolArray:
        """Return True for each profile and topic (C, T) with answers of the model and of people."""
        people, model = self.people[0].sum(axis=2) > 0, ~np.isnan(self.model[0, :, :, 0])
        return np.asarray(people & model)

    def groups(self, members: Sequence[IntArray]) -> GroupRounds:
        """Return the distributions of G groups of profiles; a group is the indices of its own.

        A model's distribution is the mean over profiles with the weights of the people who answered
        the topic, so that both have the same composition.
        """
        asked = self.asked & ~np.isnan(self.model[..., 0])
        people = np.where(asked[..., None], self.people, 0.0)
        weight = people.sum(axis=3, keepdims=True)
        model = np.nan_to_num(self.model) * weight
        of_people = np.stack([people[:, own].sum(axis=1) for own in members], axis=1)
        of_model = np.stack([model[:, own].sum(axis=1) for own in members], axis=1)
        total = of_people.sum(axis=3)
        with np.errstate(divide="ignore", invalid="ignore"):
            return GroupRounds(of_people / total[..., None], of_model / total[..., None], total)


@dataclass(frozen=True, eq=False)
class GroupRounds:
    """Distributions (B + 1, G, T, K) of groups, and the weights (B + 1, G, T) of their people."""

    people: FloatArray
    model: FloatArray
    weight: FloatArray
