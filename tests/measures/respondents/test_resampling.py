"""Rounds of the rescaled bootstrap: units keep their weight on average, and totals their error."""

from __future__ import annotations

import numpy as np
import pytest

from culture_ray.measures.respondents.resampling import (
    degrees_of_freedom,
    multipliers,
    pooled_strata,
    resampled,
)
from culture_ray.measures.respondents.samples import NOBODY, ModelAnswers, People

RANDOM = np.random.default_rng


def test_the_variance_of_a_total_is_that_of_the_formula() -> None:
    stratum = np.repeat([0, 1, 2], [2, 5, 30])
    values = RANDOM(1).normal(stratum, 1.0)
    totals = multipliers(stratum, 20_000, RANDOM(2)) @ values
    formula = sum(
        len(own) * np.var(own, ddof=1) for own in (values[stratum == name] for name in range(3))
    )
    assert totals[0] == pytest.approx(values.sum())
    assert totals[1:].mean() == pytest.approx(values.sum(), abs=0.2)
    assert totals[1:].var(ddof=1) == pytest.approx(formula, rel=0.05)


def test_a_unit_alone_counts_once_and_strata_of_one_cluster_are_put_together() -> None:
    assert (multipliers(np.array([0, 1, 1]), 50, RANDOM(1))[:, 0] == 1).all()
    stratum = np.array([0, 0, 0, 1, 2, 2])
    cluster = np.array([0, 0, 1, 2, 3, 3])
    assert pooled_strata(stratum, cluster).tolist() == [0, 0, 0, -1, -1, -1]


def small(cluster: list[int], scales: tuple[int, ...] = (2, 3)) -> People:
    count = len(cluster)
    return People(
        profile=np.arange(count) % 2,
        weight=np.linspace(1, 2, count),
        stratum=np.zeros(count, dtype=np.int64),
        cluster=np.array(cluster),
        half=np.arange(count) // 2 % 2,
        answers=np.stack([np.arange(count) % 2, np.full(count, -1)], axis=1),
        scales=scales,
    )


def test_people_of_one_cluster_are_drawn_together() -> None:
    people = small([0, 0, 1, 1, 2, 2])
    nothing = ModelAnswers(*(np.zeros(0, dtype=np.int64),) * 3, share=np.zeros((0, 3)))
    rounds = resampled(people, nothing, 2, 40, 1)
    factor = rounds.weights / people.weight
    assert factor[:, ::2] == pytest.approx(factor[:, 1::2])
    assert degrees_of_freedom(people) == 2
    assert rounds.people[0, 0, 0].tolist() == [pytest.approx(people.weight[::2].sum()), 0, 0]
    assert rounds.people[:, :, 1].sum() == 0  # nobody answered the second topic


def test_a_prompt_counts_equally_often_as_every_profile() -> None:
    people = small([0, 1, 2, 3])
    profile = np.repeat([NOBODY, 0, 1], 4)
    prompt = np.tile(np.arange(4), 3)
    share = np.eye(4)[prompt][:, :3]
    answers = ModelAnswers(profile, np.zeros(12, dtype=np.int64), prompt, share)
    rounds = resampled(people, answers, 2, 40, 1)
    assert (rounds.model[:, 0, 0] == rounds.model[:, 1, 0]).all()
    assert (rounds.model[:, 0, 0] == rounds.plain[:, 0]).all()
    assert len(np.unique(rounds.model[:, 0, 0, 0])) > 2
    assert np.isnan(rounds.model[:, :, 1]).all()  # the second topic was not asked
    assert rounds.asked.tolist() == [[True, False], [True, False]]
