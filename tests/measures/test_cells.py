import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.measures.cells import Cell, tabulate, tabulate_all
from culture_ray.measures.result import InvalidMeasureInput
from tests.measures.strategies import responses


def test_a_cell_counts_responses_per_topic_and_value():
    cell = tabulate([7, 2, 7, 7, 2], [0.5, 0.0, 1.0, 0.5, np.nan])
    np.testing.assert_array_equal(cell.topics, [2, 7])
    np.testing.assert_array_equal(cell.values, [0.0, 0.5, 1.0])
    np.testing.assert_array_equal(cell.counts, [[1, 0, 0], [0, 2, 1]])
    assert (cell.responses, cell.undefined) == (4, 1)
    np.testing.assert_allclose(cell.topic_means, [0.0, 2 / 3], atol=1e-9)


@given(responses(), st.randoms(use_true_random=False))
def test_permuting_responses_changes_nothing(rows, random):
    order = list(range(rows[0].size))
    random.shuffle(order)
    first, second = tabulate(*rows), tabulate(rows[0][order], rows[1][order])
    for name in ("topics", "values", "counts"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_shares_computed_in_two_ways_are_one_value():
    cell = tabulate([0, 1], [0.1 + 0.2, 0.3])
    assert cell.values.size == 1


def test_topics_whose_means_are_equal_tie_however_they_came_about():
    cell = tabulate([0, 1, 1], [2 / 3, 1 / 3, 1.0]).topic_level
    np.testing.assert_array_equal(cell.counts, [[1], [1]])


def test_a_cell_among_some_topics_is_that_of_their_responses():
    topic, polarity = np.array([0, 3, 3, 5]), np.array([0.1, 0.2, 0.9, 0.5])
    some, expected = (
        tabulate(topic, polarity).restricted_to([5, 3, 4]),
        tabulate(topic[1:], polarity[1:]),
    )
    np.testing.assert_array_equal(some.topics, expected.topics)
    np.testing.assert_array_equal(some.values, expected.values)
    np.testing.assert_array_equal(some.counts, expected.counts)


def test_coverage_counts_the_responses_and_topics_a_population_can_be_compared_on():
    cell = tabulate([0, 0, 1, 3], [0.1, 0.2, 0.3, 0.4])
    truth = np.array([[0.5, np.nan, 0.5, 0.5], [np.nan] * 4])
    responses_covered, topics_covered = cell.coverage(truth)
    assert responses_covered.tolist() == [3, 0]
    assert topics_covered.tolist() == [2, 0]


def test_a_long_table_splits_into_the_same_cells_as_its_parts():
    rng = np.random.default_rng(1)
    owner, topic = rng.integers(0, 4, 200), rng.integers(0, 9, 200)
    polarity = rng.integers(0, 5, 200) / 4
    owner[owner == 2] = 3
    cells = list(tabulate_all(owner, topic, polarity, 5))
    assert [cell.responses for cell in cells] == np.bincount(owner, minlength=5).tolist()
    for index, cell in enumerate(cells):
        expected = tabulate(topic[owner == index], polarity[owner == index])
        np.testing.assert_array_equal(cell.counts, expected.counts)
        np.testing.assert_array_equal(cell.topics, expected.topics)


@pytest.mark.parametrize(
    ("topic", "polarity", "said"),
    [
        ([0], [1.2], "outside 0..1"),
        ([0], [-0.1], "outside 0..1"),
        ([-1], [0.5], "negative topic"),
        ([0, 1], [0.5], "shape"),
    ],
)
def test_responses_that_do_not_fit_are_refused(topic, polarity, said):
    with pytest.raises(InvalidMeasureInput, match=said):
        tabulate(topic, polarity)


def test_entries_that_occurred_several_times_count_as_often() -> None:
    topic, polarity, times = [0, 0, 1, 1], [0.0, 1.0, 0.5, np.nan], [3, 1, 2, 4]
    counted = tabulate(topic, polarity, times)
    listed = tabulate(np.repeat(topic, times), np.repeat(polarity, times))
    assert np.array_equal(counted.counts, listed.counts)
    assert np.array_equal(counted.topics, listed.topics)
    assert counted.undefined == listed.undefined == 4
    with pytest.raises(InvalidMeasureInput, match="times of shape"):
        tabulate(topic, polarity, [1])


@pytest.mark.parametrize(
    ("topics", "values"), [([2, 2], [0.0, 1.0]), ([0, 1], [1.0, 0.0]), ([0, 1], [0.5, 0.5])]
)
def test_topics_and_values_are_strictly_ascending(topics, values):
    with pytest.raises(InvalidMeasureInput, match="ascending"):
        Cell(np.array(topics), np.array(values), np.ones((2, 2)))
