"""Rounds of drawn responses against the same rows written out one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.measures.alignment import Measure, alignment_rounds
from culture_ray.measures.cells import tabulate
from culture_ray.measures.consistency import self_consistency_rounds
from culture_ray.measures.populations import Populations
from culture_ray.measures.resampling.response_rounds import ResponseRounds, TopicSlots
from culture_ray.measures.result import InvalidMeasureInput
from culture_ray.measures.rounds import Pairs, TopicRounds
from tests.measures.strategies import TOPICS, ground_truths, responses
from tests.measures.test_alignment import plain
from tests.measures.test_consistency import over_pairs


def as_rounds(cell, place, topic_of_place, polarity, times):
    """One round from rows: each response's place, value polarity and how often it was drawn."""
    column = np.searchsorted(cell.values, np.round(polarity, 12))
    drawn = np.zeros((1, topic_of_place.size, cell.values.size))
    squares = np.zeros((1, cell.values.size))
    np.add.at(drawn[0], (place, column), times)
    np.add.at(squares[0], column, times**2)
    held = np.searchsorted(cell.topics, topic_of_place)[None]
    return ResponseRounds(cell.values, TopicSlots(cell.topics.size, held), drawn, squares)


@st.composite
def drawn_cells(draw):
    """A cell, and a draw of its topics (some twice) and, in each, of its responses."""
    topic, polarity = draw(responses(max_size=16))
    cell = tabulate(topic, polarity)
    topic_of_place = draw(st.lists(st.sampled_from(cell.topics.tolist()), min_size=1, max_size=6))
    places = [np.flatnonzero(topic == held) for held in topic_of_place]
    row = np.concatenate(places)
    place = np.repeat(np.arange(len(places)), [rows.size for rows in places])
    times = np.array(draw(st.lists(st.integers(0, 3), min_size=row.size, max_size=row.size)))
    rounds = as_rounds(cell, place, np.array(topic_of_place), polarity[row], times)
    return cell, rounds, place, np.array(topic_of_place), polarity[row], times


@pytest.mark.slow
@pytest.mark.parametrize("measure", list(Measure))
@given(case=drawn_cells(), truth=ground_truths())
def test_alignment_is_that_of_the_drawn_rows(measure, case, truth):
    cell, rounds, place, held, polarity, times = case
    found = alignment_rounds(rounds, Populations.over(cell, truth), measure)
    x = np.repeat(polarity, times)
    expected = [plain(x, np.repeat(one[held[place]], times), measure) for one in truth]
    np.testing.assert_allclose(found.value[0], expected, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("measure", list(Measure))
@given(case=drawn_cells(), truth=ground_truths())
def test_topic_level_alignment_is_that_of_the_drawn_topics_means(measure, case, truth):
    cell, rounds, place, held, polarity, times = case
    found = alignment_rounds(rounds.topic_means(), Populations.over(cell, truth), measure)
    drawn = [s for s in range(held.size) if times[place == s].sum() > 0]
    means = [np.repeat(polarity[place == s], times[place == s]).mean() for s in drawn]
    x = np.round(np.array(means, dtype=float), 9)
    expected = [plain(x, one[held[drawn]], measure) for one in truth]
    np.testing.assert_allclose(found.value[0], expected, atol=1e-9)


@pytest.mark.slow
@given(drawn_cells())
def test_self_pairs_count_every_pair_of_drawn_rows_of_one_place(case):
    _, rounds, place, _, polarity, times = case
    expected = over_pairs(np.repeat(place, times), np.repeat(polarity, times), lambda i, j: True)
    found = self_consistency_rounds(rounds, pairs=Pairs.ALL)
    np.testing.assert_allclose(found.value[0], expected, atol=1e-9)


@pytest.mark.slow
@given(drawn_cells())
def test_taken_as_published_rows_drawn_from_one_response_make_a_pair(case):
    _, rounds, place, _, polarity, times = case
    expected = over_pairs(np.repeat(place, times), np.repeat(polarity, times), lambda i, j: i != j)
    found = self_consistency_rounds(rounds, Pairs.OTHER_DRAWS)
    np.testing.assert_allclose(found.value[0], expected, atol=1e-9)


@pytest.mark.slow
@given(drawn_cells())
def test_without_self_pairs_only_rows_drawn_from_different_responses_make_a_pair(case):
    _, rounds, place, _, polarity, times = case
    origin = np.repeat(np.arange(place.size), times)
    expected = over_pairs(
        np.repeat(place, times), np.repeat(polarity, times), lambda i, j: origin[i] != origin[j]
    )
    np.testing.assert_allclose(self_consistency_rounds(rounds).value[0], expected, atol=1e-9)


@given(rows=responses(), times=st.integers(1, 4))
def test_drawing_every_response_equally_often_leaves_self_consistency_as_it_is(rows, times):
    topic, polarity = rows
    cell = tabulate(topic, polarity)
    place = np.searchsorted(cell.topics, topic)
    weights = np.full(topic.size, times)
    found = self_consistency_rounds(as_rounds(cell, place, cell.topics, polarity, weights))
    once = self_consistency_rounds(TopicRounds(cell, np.ones((1, cell.topics.size))))
    np.testing.assert_allclose(found.value, once.value, atol=1e-12)


def test_empty_places_and_topics_of_unequal_rounds_change_nothing():
    cell = tabulate([0, 0, 1, 2, 2], [0.0, 0.5, 1.0, 0.5, 0.25])
    populations = Populations(np.array([[0.1, 0.9, 0.4]]))
    held = np.array([[2, 0, 1], [2, 0, 1]])
    drawn = np.zeros((2, 3, cell.values.size))
    drawn[:, 0, [1, 2]] = 1
    drawn[:, 1, [0, 2]] = 1
    drawn[1, 2, 3] = 1
    squares = drawn.sum(axis=1)
    rounds = ResponseRounds(cell.values, TopicSlots(TOPICS // 2, held), drawn, squares)
    expected = alignment_rounds(TopicRounds(cell, np.array([[1.0, 0, 1], [1, 1, 1]])), populations)
    np.testing.assert_allclose(alignment_rounds(rounds, populations).value, expected.value)


def test_power_sums_are_those_of_the_drawn_rows_about_any_centre():
    topic, polarity = np.array([0, 0, 1]), np.array([0.2, 0.6, 1.0])
    times = np.array([2, 1, 3])
    rounds = as_rounds(tabulate(topic, polarity), topic, np.array([0, 1]), polarity, times)
    first, second = rounds.power_sums(0.4)
    np.testing.assert_allclose(first, [[2 * -0.2 + 0.2, 3 * 0.6]])
    np.testing.assert_allclose(second, [[2 * 0.04 + 0.04, 3 * 0.36]])
    first, second = rounds.topic_means().power_sums(0.4)
    np.testing.assert_allclose(first, [[1 / 3 - 0.4, 0.6]], atol=1e-9)
    np.testing.assert_allclose(second, [[(1 / 3 - 0.4) ** 2, 0.36]], atol=1e-9)


def test_draws_of_other_topics_than_the_cells_are_refused():
    cell = tabulate([0, 1, 2], [0.0, 0.5, 1.0])
    with pytest.raises(InvalidMeasureInput, match="3 topics"):
        TopicRounds(cell, np.ones((4, 2)))
