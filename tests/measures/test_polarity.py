import numpy as np
import pytest

from culture_ray.measures.cells import tabulate
from culture_ray.measures.result import InvalidMeasureInput, Reason
from tests.measures.polarity import (
    mean_topic_polarity,
    pooled_topic_polarity,
    value_polarity,
)


def test_value_polarity_is_the_share_in_favour_of_opinions_with_a_stance():
    found = value_polarity([3, 0, 2], [1, 4, 2])
    np.testing.assert_array_equal(found.value, [0.75, 0.0, 0.5])
    assert found.defined.all()


def test_a_response_without_a_stance_has_no_value_polarity_and_says_why():
    found = value_polarity([0, 1], [0, 0])
    np.testing.assert_array_equal(found.value, [np.nan, 1.0])
    assert found.reason.tolist() == [Reason.NO_OPINIONS, Reason.DEFINED]
    assert found.reason_texts() == ["no opinion for or against", ""]


def test_pooling_weighs_responses_by_opinions_and_the_mean_does_not():
    topic, pro, con = [0, 0, 2], [9, 0, 1], [0, 1, 1]
    pooled = pooled_topic_polarity(topic, pro, con, 3)
    mean = mean_topic_polarity(topic, value_polarity(pro, con).value, 3)
    np.testing.assert_array_equal(pooled.value, [0.9, np.nan, 0.5])
    np.testing.assert_array_equal(mean.value, [0.5, np.nan, 0.5])
    assert pooled.reason[1] == Reason.NO_OPINIONS
    assert mean.reason[1] == Reason.NO_RESPONSES


def test_responses_without_polarity_do_not_enter_a_topics_mean():
    found = mean_topic_polarity([0, 0, 0], [0.2, np.nan, 0.4], 1)
    np.testing.assert_allclose(found.value, [0.3])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: value_polarity([-1], [2]), "negative"),
        (lambda: value_polarity([1, 2], [2]), "shape"),
        (lambda: value_polarity([np.nan], [2]), "missing"),
        (lambda: mean_topic_polarity([3], [0.5], 3), "outside 0..2"),
        (lambda: pooled_topic_polarity([0.5], [1], [1], 3), "whole"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(call, said):
    with pytest.raises(InvalidMeasureInput, match=said):
        call()


def test_the_topic_means_of_a_cell_are_means_over_its_responses():
    random = np.random.default_rng(1)
    topic, pro, con = random.integers(0, 6, 200), *random.integers(0, 4, (2, 200))
    value = value_polarity(pro, con).value
    expected = mean_topic_polarity(topic, value, 6).value
    np.testing.assert_allclose(tabulate(topic, value).topic_means, expected, atol=1e-9)
