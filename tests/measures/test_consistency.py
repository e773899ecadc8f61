import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from culture_ray.measures.cells import tabulate
from culture_ray.measures.consistency import (
    population_self_consistency,
    self_consistency,
    self_consistency_rounds,
    shares_of_groups,
)
from culture_ray.measures.result import InvalidMeasureInput, Reason
from culture_ray.measures.rounds import Pairs, TopicRounds
from tests.measures.strategies import TOPICS, responses


def over_pairs(topic, polarity, agrees):
    """Spearman over all ordered pairs of rows of one topic that `agrees(i, j)` lets in."""
    pairs = [
        (polarity[i], polarity[j])
        for i in range(topic.size)
        for j in range(topic.size)
        if topic[i] == topic[j] and agrees(i, j)
    ]
    if not pairs or np.ptp([first for first, _ in pairs]) == 0:
        return np.nan
    return spearmanr(*np.transpose(pairs)).statistic


@given(responses())
def test_without_self_pairs_it_is_spearman_over_all_pairs_of_different_responses(rows):
    expected = over_pairs(*rows, lambda i, j: i != j)
    np.testing.assert_allclose(self_consistency(tabulate(*rows)).value, expected, atol=1e-9)


@given(responses())
def test_with_self_pairs_it_is_spearman_over_all_pairs(rows):
    expected = over_pairs(*rows, lambda i, j: True)
    found = self_consistency(tabulate(*rows), pairs=Pairs.ALL)
    np.testing.assert_allclose(found.value, expected, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("pairs", list(Pairs))
@given(rows=responses(max_size=20), data=st.data())
def test_topics_drawn_several_times_count_as_that_many_different_topics(pairs, rows, data):
    topic, polarity = rows
    cell = tabulate(topic, polarity)
    draws = np.array(data.draw(st.lists(st.integers(0, 3), min_size=TOPICS, max_size=TOPICS)))
    copies = [(topic + TOPICS * n, polarity, draws[topic] > n) for n in range(3)]
    repeated = np.concatenate([t[kept] for t, _, kept in copies])
    values = np.concatenate([p[kept] for _, p, kept in copies])
    expected = over_pairs(repeated, values, lambda i, j: pairs is Pairs.ALL or i != j)
    rounds = TopicRounds(cell, draws[None, cell.topics].astype(float))
    np.testing.assert_allclose(self_consistency_rounds(rounds, pairs).value[0], expected, atol=1e-9)


@given(rows=responses(max_size=15), copies=st.integers(2, 3))
def test_copies_of_responses_change_nothing_once_pairs_of_one_response_are_left_out(rows, copies):
    topic, polarity = rows
    origin = np.tile(np.arange(topic.size), copies)
    expected = over_pairs(
        np.tile(topic, copies), np.tile(polarity, copies), lambda i, j: origin[i] != origin[j]
    )
    np.testing.assert_allclose(self_consistency(tabulate(*rows)).value, expected, atol=1e-9)


@given(rows=responses(), copies=st.integers(2, 5))
def test_the_version_with_self_pairs_cannot_tell_copies_from_agreement(rows, copies):
    topic, polarity = rows
    once = self_consistency(tabulate(topic, polarity), pairs=Pairs.ALL)
    tiled = tabulate(np.tile(topic, copies), np.tile(polarity, copies))
    np.testing.assert_allclose(
        self_consistency(tiled, pairs=Pairs.ALL).value, once.value, atol=1e-12
    )


def test_copies_taken_for_new_responses_drive_it_to_the_version_with_self_pairs():
    rng = np.random.default_rng(5)
    topic, polarity = np.repeat(np.arange(8), 5), rng.integers(0, 6, 40) / 5
    limit = self_consistency(tabulate(topic, polarity), pairs=Pairs.ALL).value
    gaps = [
        abs(self_consistency(tabulate(np.tile(topic, k), np.tile(polarity, k))).value - limit)
        for k in (1, 2, 4, 8, 16)
    ]
    ratios = np.divide(gaps[:-1], gaps[1:])
    assert np.all(ratios > 1.9)
    assert gaps[-1] < 0.02


def test_unlike_the_published_version_it_does_not_depend_on_the_number_of_responses():
    rng = np.random.default_rng(6)
    share = rng.random(400)

    def mean_figures(responses_each):
        topic = np.repeat(np.arange(400), responses_each)
        polarity = rng.binomial(6, share[topic]) / 6
        cell = tabulate(topic, polarity)
        return self_consistency(cell).value, self_consistency(cell, pairs=Pairs.ALL).value

    few, few_published = mean_figures(3)
    many, many_published = mean_figures(60)
    assert abs(few - many) < 0.04
    assert few_published - many_published > 0.05


def test_undefined_self_consistency_says_why():
    single = self_consistency(tabulate([0, 1, 2], [0.1, 0.5, 0.9]))
    constant = self_consistency(tabulate([0, 0, 1, 1, 2], [0.5, 0.5, 0.5, 0.5, 0.9]))
    empty = self_consistency(tabulate([], []))
    found = [(float(figure.value), int(figure.reason)) for figure in (single, constant, empty)]
    assert np.isnan([value for value, _ in found]).all()
    assert [reason for _, reason in found] == [
        Reason.NO_PAIRS,
        Reason.CONSTANT_RESPONSES,
        Reason.NO_PAIRS,
    ]


def test_population_self_consistency_is_the_limit_of_many_people_asked():
    shares = np.array([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8], [0.0, 1.0, 0.0]])
    people = 10_000
    counts = (shares * people).astype(int)
    topic = np.repeat(np.arange(3), people)
    polarity = np.concatenate([np.repeat([0.0, 0.5, 1.0], row) for row in counts])
    asked = self_consistency(tabulate(topic, polarity))
    np.testing.assert_allclose(population_self_consistency(shares).value, asked.value, atol=2e-4)


def test_population_topics_can_weigh_as_they_do_in_a_cell():
    shares = np.array([[0.5, 0.5], [0.1, 0.9], [0.7, 0.3]])
    weighted = population_self_consistency(shares, [2.0, 1.0, 1.0])
    repeated = population_self_consistency(shares[[0, 0, 1, 2]])
    np.testing.assert_allclose(weighted.value, repeated.value, atol=1e-12)


def test_a_population_of_one_mind_has_no_self_consistency():
    found = population_self_consistency([[0.0, 1.0], [0.0, 1.0]])
    assert np.isnan(found.value)
    assert found.reason == Reason.CONSTANT_RESPONSES


def test_groups_of_people_follow_the_binomial_distribution():
    from scipy.stats import binom

    share = np.array([0.0, 0.3, 1.0])
    expected = [binom.pmf(np.arange(7), 6, p) for p in share]
    np.testing.assert_allclose(shares_of_groups(share, 6), expected, atol=1e-12)


def test_shares_that_are_no_distribution_are_refused():
    with pytest.raises(InvalidMeasureInput, match="sum to 1"):
        population_self_consistency([[0.5, 0.6]])
    with pytest.raises(InvalidMeasureInput, match=r"outside 0\.\.1"):
        shares_of_groups([1.5], 3)


def test_a_share_below_zero_is_refused_though_the_shares_sum_to_one():
    with pytest.raises(InvalidMeasureInput, match="negative"):
        population_self_consistency([[1.5, -0.5], [0.5, 0.5]])
