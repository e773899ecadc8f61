"""Figures of groups equal a plain computation from the samples, apart from the bias taken off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from culture_ray.measures.answer_distances import positions, wasserstein
from culture_ray.measures.respondents.between import between_groups
from culture_ray.measures.respondents.correlations import item_correlation
from culture_ray.measures.respondents.fidelity import fidelity, floors, topics_of
from culture_ray.measures.respondents.resampling import resampled
from culture_ray.measures.respondents.samples import NOBODY, ModelAnswers, People, Rounds
from tests.measures.respondents.worlds import PROFILES, SCALES, World, members_of

WORLD = World.of(3)


@pytest.fixture(scope="module")
def people() -> People:
    return WORLD.survey(300, 1)


def rounds_of(people: People, flattened: float = 0.4, shift: float = 0.3) -> Rounds:
    answers = WORLD.responses(1, flattened, shift, prompts=4)
    return resampled(people, answers, len(PROFILES), 30, 1)


def plain_shares(people: People, own: np.ndarray, topic: int) -> np.ndarray:
    rows = np.isin(people.profile, own) & (people.answers[:, topic] >= 0)
    sums = np.bincount(
        people.answers[rows, topic], people.weight[rows], minlength=people.scales[topic]
    )
    return np.asarray(sums / sums.sum())


def test_a_group_of_the_model_has_the_composition_of_its_people(people: People) -> None:
    rounds = rounds_of(people)
    members = members_of(1)
    groups = rounds.groups(members)
    for topic, answers in enumerate(SCALES):
        found = groups.people[0, 2, topic, :answers]
        assert found == pytest.approx(plain_shares(people, members[2], topic))
        weights = np.array(
            [
                people.weight[(people.profile == c) & (people.answers[:, topic] >= 0)].sum()
                for c in members[2]
            ]
        )
        expected = weights / weights.sum() @ rounds.model[0, members[2], topic]
        assert groups.model[0, 2, topic] == pytest.approx(expected)


def test_distances_and_gains_are_means_over_topics_less_their_bias(people: People) -> None:
    rounds = rounds_of(people)
    groups = rounds.groups(members_of(0))
    found = fidelity(groups, rounds, 1, 50)
    away = np.array(
        [
            [
                wasserstein(groups.model[b, 1, t, :k], groups.people[b, 1, t, :k])
                for t, k in enumerate(SCALES)
            ]
            for b in range(31)
        ]
    )
    own = np.sqrt(max(2 * away[0].mean() ** 2 - away[1:].mean() ** 2, 0.0))
    assert found["wasserstein"].value == pytest.approx(own)
    plain = np.array(
        [
            [
                wasserstein(rounds.plain[b, t, :k], groups.people[b, 1, t, :k])
                for t, k in enumerate(SCALES)
            ]
            for b in range(31)
        ]
    )
    before = np.sqrt(max(2 * plain[0].mean() ** 2 - plain[1:].mean() ** 2, 0.0))
    assert found["gain"].value == pytest.approx(before - own)
    floor = floors(people, members_of(0), 1, topics_of(groups, 1))
    halves = [
        np.mean(
            [
                wasserstein(*(
                    plain_shares(
                        replace_answers(people, people.half == part), members_of(0)[1], t
                    )
                    for part in (0, 1)
                ))
                for t in range(len(SCALES))
            ]
        )
    ]  # fmt: skip
    assert floor["wasserstein"] == pytest.approx(halves[0])


def replace_answers(people: People, kept: np.ndarray) -> People:
    return replace(people, answers=np.where(kept[:, None], people.answers, -1))


def test_variances_between_groups_are_weighted_by_their_people(people: People) -> None:
    rounds = rounds_of(people)
    groups = rounds.groups(members_of(2))
    found = between_groups(groups, SCALES, 50)
    per_round = []
    for b in range(31):
        rows = []
        for t, k in enumerate(SCALES):
            weight = groups.weight[b, :, t] / groups.weight[b, :, t].sum()
            means = groups.people[b, :, t, :k] @ positions(k)
            rows.append(weight @ (means - weight @ means) ** 2)
        per_round.append(np.mean(rows))
    expected = 2 * per_round[0] - np.mean(per_round[1:])
    assert found["people_variance"].value == pytest.approx(expected)


def test_a_model_with_the_peoples_own_answers_keeps_everything() -> None:
    rounds = rounds_of(WORLD.survey(2000, 1))
    shares = rounds.people / np.maximum(rounds.people.sum(axis=3, keepdims=True), 1e-9)
    same = replace(rounds, model=shares)
    groups = same.groups(members_of(1))
    found = between_groups(groups, SCALES, 50)
    assert found["variance_kept"].value == pytest.approx(1)
    assert found["steerability"].value == pytest.approx(1)
    assert fidelity(groups, same, 0, 50)["wasserstein"].value == pytest.approx(0, abs=1e-12)


def test_topics_without_answers_of_both_are_left_out_and_none_is_told(people: People) -> None:
    silent = replace(people, answers=np.where(np.arange(len(SCALES)) < 2, people.answers, -1))
    rounds = rounds_of(silent)
    groups = rounds.groups(members_of(0))
    assert topics_of(groups, 0) == [0, 1]
    assert item_correlation(silent, rounds, 50).figure.reason == "fewer than 4 topics"
    nobody = rounds_of(replace(people, answers=np.full_like(people.answers, -1)))
    groups = nobody.groups(members_of(0))
    assert np.isnan(fidelity(groups, nobody, 0, 50)["gain"].value)
    assert "no topic" in fidelity(groups, nobody, 0, 50)["gain"].reason
    assert "fewer than two groups" in between_groups(groups, SCALES, 50)["steerability"].reason


def test_without_answers_without_a_persona_there_is_no_gain(people: People) -> None:
    answers = WORLD.responses(1, prompts=2)
    kept = answers.profile != NOBODY
    alone = ModelAnswers(*(getattr(answers, name)[kept] for name in
                           ("profile", "topic", "prompt", "share")))  # fmt: skip
    rounds = resampled(people, alone, len(PROFILES), 10, 1)
    found = fidelity(rounds.groups(members_of(0)), rounds, 0, 50)
    assert found["gain"].reason == "no answers without a persona"
    assert found["wasserstein"].value > 0
