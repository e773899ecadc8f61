"""Gap and slope: how far models are from people, and how much they flatten them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.measures.cells import tabulate
from culture_ray.measures.levels import gap_by_chance, levels

SHARES = st.lists(st.floats(0.0, 1.0), min_size=3, max_size=8)


def plain(means: np.ndarray, people: np.ndarray) -> tuple[float, float]:
    """Return gap and slope of one cell by their definitions, with numpy's least squares."""
    known = ~np.isnan(means) & ~np.isnan(people)
    y, x = means[known], people[known]
    return 100 * float(np.abs(y - x).mean()), float(np.polyfit(x, y, 1)[0])


def test_gap_and_slope_are_those_of_least_squares_over_the_topics_that_both_have() -> None:
    people = np.array([[0.1, 0.4, np.nan, 0.9, 0.6]])
    means = np.array([[0.3, np.nan, 0.2, 0.7, 0.5]])
    found = levels(means, people)
    assert (found.gap[0], found.slope[0]) == pytest.approx(plain(means[0], people[0]))


def test_a_draw_counts_a_topic_as_often_as_it_is_drawn() -> None:
    people = np.array([[0.1, 0.4, 0.9], [0.2, 0.5, 0.6]])
    means = np.array([[0.3, 0.6, 0.7], [0.1, 0.1, 0.9]])
    draws = np.array([[2.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
    found = levels(means, people, draws)
    again = [0, 0, 2]
    for cell in range(2):
        expected = plain(means[cell, again], people[cell, again])
        assert (found.gap[0, cell], found.slope[0, cell]) == pytest.approx(expected)
    assert found.gap[1] == pytest.approx(levels(means, people).gap)


@given(SHARES, st.floats(0.2, 1.0))
def test_answers_pulled_towards_the_middle_have_the_slope_of_the_pull(
    shares: list[float], pull: float
) -> None:
    people = np.array([shares])
    if np.ptp(people) < 0.05:
        return
    assert levels(0.5 + pull * (people - 0.5), people).slope[0] == pytest.approx(pull)


def test_a_gap_needs_a_common_topic_and_a_slope_needs_people_who_differ() -> None:
    nowhere = levels(np.array([[0.5, np.nan]]), np.array([[np.nan, 0.5]]))
    assert np.isnan([nowhere.gap[0], nowhere.slope[0]]).all()
    level = levels(np.array([[0.2, 0.4]]), np.array([[0.5, 0.5]]))
    assert level.gap[0] == pytest.approx(20) and np.isnan(level.slope[0])


def test_the_gap_by_chance_is_that_of_repeated_draws_from_people() -> None:
    rng = np.random.default_rng(3)
    people = rng.uniform(0.2, 0.8, 60)
    topic = np.repeat(np.arange(60), 8)
    found, seen = [], []
    for _ in range(40):
        drawn = rng.binomial(10, people[topic]) / 10
        cell = tabulate(topic, drawn)
        found.append(gap_by_chance(cell, people, np.full(60, np.nan)))
        seen.append(levels(cell.topic_means[None], people[None]).gap[0])
    assert np.mean(found) == pytest.approx(np.mean(seen), rel=0.05)


def test_one_response_per_topic_says_nothing_about_chance() -> None:
    cell = tabulate([0, 1], [0.2, 0.8])
    assert np.isnan(gap_by_chance(cell, np.array([0.2, 0.8]), np.array([0.0, 0.0])))
