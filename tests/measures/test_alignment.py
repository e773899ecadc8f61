import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import pearsonr, spearmanr

from culture_ray.measures.alignment import (
    Level,
    Measure,
    alignment,
    alignment_of_groups,
    alignment_rounds,
    correlations,
)
from culture_ray.measures.cells import tabulate
from culture_ray.measures.consistency import self_consistency_rounds
from culture_ray.measures.populations import Populations
from culture_ray.measures.ranks import ADJACENT
from culture_ray.measures.result import InvalidMeasureInput, Reason
from culture_ray.measures.rounds import TopicRounds
from tests.measures.strategies import TOPICS, ground_truths, responses


def plain(x, y, measure):
    """The measure of two columns by scipy, NaN where it is not defined."""
    known = ~np.isnan(y)
    x, y = x[known], y[known]
    if measure is Measure.CLOSENESS:
        return 1 - np.mean(np.abs(x - y)) if x.size else np.nan
    if x.size < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return np.nan
    return (spearmanr if measure is Measure.SPEARMAN else pearsonr)(x, y).statistic


@pytest.mark.parametrize("measure", list(Measure))
@given(rows=responses(), truth=ground_truths())
def test_alignment_over_responses_is_scipys_over_the_topics_each_population_has(
    measure, rows, truth
):
    topic, polarity = rows
    found = alignment(tabulate(topic, polarity), truth, measure)
    expected = [plain(polarity, population[topic], measure) for population in truth]
    np.testing.assert_allclose(found.value, expected, atol=1e-9)


@given(
    st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=TOPICS, max_size=TOPICS),
    ground_truths(),
)
def test_groups_of_a_population_of_one_mind_per_topic_align_as_its_own_averages(shares, truth):
    own = np.array(shares)
    known = np.flatnonzero(~np.isnan(own))
    found = alignment_of_groups(own, 10, truth)
    expected = [plain(own[known], population[known], Measure.SPEARMAN) for population in truth]
    np.testing.assert_allclose(found.value, expected, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("measure", list(Measure))
@given(rows=responses(), truth=ground_truths())
def test_alignment_over_topics_is_scipys_over_topic_means(measure, rows, truth):
    topic, polarity = rows
    found = alignment(tabulate(topic, polarity), truth, measure, Level.TOPICS)
    topics = np.unique(topic)
    means = np.round([polarity[topic == t].mean() for t in topics], 9)
    expected = [plain(means, population[topics], measure) for population in truth]
    np.testing.assert_allclose(found.value, expected, atol=1e-9)


@settings(max_examples=40)
@given(rows=responses(), truth=ground_truths(), seed=st.integers(0, 2**31))
def test_many_rounds_together_give_the_bits_of_each_alone(rows, truth, seed):
    cell = tabulate(*rows)
    populations = Populations.over(cell, truth)
    draws = np.random.default_rng(seed).integers(0, 4, (ADJACENT, cell.topics.size)).astype(float)
    draws[0] = 0.0
    together = alignment_rounds(TopicRounds(cell, draws), populations)
    of_pairs = self_consistency_rounds(TopicRounds(cell, draws))
    for number in range(ADJACENT):
        alone = TopicRounds(cell, draws[number : number + 1])
        for many, one in (
            (together, alignment_rounds(alone, populations)),
            (of_pairs, self_consistency_rounds(alone)),
        ):
            np.testing.assert_array_equal(many.value[number], one.value[0])
            np.testing.assert_array_equal(many.reason[number], one.reason[0])


@pytest.mark.slow
@pytest.mark.parametrize("measure", list(Measure))
@given(
    rows=responses(),
    truth=ground_truths(),
    draws=hnp.arrays(np.float64, TOPICS, elements=st.integers(0, 3).map(float)),
)
def test_topics_drawn_several_times_count_as_physically_repeated_rows(measure, rows, truth, draws):
    topic, polarity = rows
    cell = tabulate(topic, polarity)
    populations = Populations.over(cell, truth)
    found = alignment_rounds(TopicRounds(cell, draws[None, cell.topics]), populations, measure)
    times = draws[topic].astype(int)
    expected = [
        plain(np.repeat(polarity, times), np.repeat(population[topic], times), measure)
        for population in truth
    ]
    np.testing.assert_allclose(found.value[0], expected, atol=1e-9)


@pytest.mark.parametrize("measure", list(Measure))
def test_weights_need_not_be_whole_and_only_their_ratios_matter(measure):
    rng = np.random.default_rng(3)
    cell = tabulate(rng.integers(0, 9, 60), rng.integers(0, 7, 60) / 6)
    populations = Populations(rng.random((4, cell.topics.size)))
    draws = rng.integers(0, 4, (5, cell.topics.size)).astype(float)
    whole = alignment_rounds(TopicRounds(cell, draws), populations, measure)
    scaled = alignment_rounds(TopicRounds(cell, draws * 0.37), populations, measure)
    np.testing.assert_allclose(scaled.value, whole.value, atol=1e-12)


@given(rows=responses(), truth=ground_truths())
def test_an_undefined_alignment_says_why(rows, truth):
    topic, polarity = rows
    found = alignment(tabulate(topic, polarity), truth)
    assert np.array_equal(found.defined, ~np.isnan(found.value))
    for population, reason in zip(truth, found.reason, strict=True):
        known = ~np.isnan(population[topic])
        if not known.any():
            assert reason == Reason.NO_SHARED_TOPICS
        elif np.ptp(polarity[known]) == 0:
            assert reason == Reason.CONSTANT_RESPONSES
        elif np.ptp(population[topic][known]) == 0:
            assert reason == Reason.CONSTANT_GROUND_TRUTH
        else:
            assert reason == Reason.DEFINED


@pytest.mark.parametrize("measure", list(Measure))
@pytest.mark.parametrize("level", list(Level))
def test_a_cell_without_responses_has_no_alignment(measure, level):
    found = alignment(tabulate([], []), np.full((2, 4), 0.5), measure, level)
    assert np.isnan(found.value).all()
    assert found.reason.tolist() == [Reason.NO_RESPONSES] * 2


def test_constant_answers_with_awkward_weights_are_still_undefined():
    cell = tabulate(np.arange(7), np.full(7, 0.3))
    populations = Populations(np.linspace(0, 1, 7)[None])
    draws = np.random.default_rng(0).random((50, 7))
    for measure in (Measure.SPEARMAN, Measure.PEARSON):
        found = alignment_rounds(TopicRounds(cell, draws), populations, measure)
        assert (found.reason == Reason.CONSTANT_RESPONSES).all()


def test_ground_truth_over_fewer_topics_than_the_cell_is_refused():
    with pytest.raises(InvalidMeasureInput, match="topic index 5"):
        alignment(tabulate([1, 5], [0.1, 0.2]), np.zeros((2, 3)))


def test_a_correlation_ends_at_one_either_way_and_a_constant_side_divides_by_nothing():
    beyond = np.array([1 + 1e-12, -1 - 1e-12])
    assert correlations(beyond, np.ones(2), np.ones(2), []).value.tolist() == [1.0, -1.0]
    with np.errstate(all="raise"):
        found = correlations(np.zeros(2), np.array([0.0, 4.0]), np.array([9.0, 0.0]), [])
    assert found.reason.tolist() == [Reason.CONSTANT_RESPONSES, Reason.CONSTANT_GROUND_TRUTH]
