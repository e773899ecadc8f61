import numpy as np
from scipy.stats import spearmanr

from culture_ray.regression.robustness import shuffles
from culture_ray.regression.robustness.shuffles import SHUFFLES, shuffled_alignments
from tests.regression.robustness.test_stability import drawn, independent


def test_shuffling_moves_templates_only_among_the_responses_to_a_topic():
    rng, people = drawn(3)
    topic = np.repeat(np.arange(40), 5)
    polarity = people.countries[3, topic]
    level = rng.integers(0, 3, topic.size)
    truth = people.speakers[:1]
    found = shuffled_alignments(topic, polarity, level, truth, 1, "a test")
    expected = [spearmanr(polarity[level == k], truth[0, topic[level == k]])[0] for k in range(3)]
    np.testing.assert_allclose(found, np.tile(expected, (SHUFFLES, 1)), atol=1e-9)


def test_shuffled_templates_have_responses_of_all_templates():
    rng, people = drawn(4)
    responses = independent(people, rng, each=2)
    arguments = (responses.topic, responses.polarity, responses.template, people.speakers[:1], 1)
    found = shuffled_alignments(*arguments, "a test")
    assert np.ptp(found.mean(axis=0)) < 0.1
    assert np.all(found.std(axis=0) > 0.03)
    again = shuffled_alignments(*arguments, "a test")
    np.testing.assert_array_equal(found, again)
    assert not np.array_equal(found, shuffled_alignments(*arguments, "another"))


def test_shuffles_do_not_depend_on_how_many_are_made_at_once(monkeypatch):
    rng = np.random.default_rng(1)
    topic, level = np.repeat(np.arange(6), 4), np.tile([0, 1], 12)
    polarity, truth = rng.binomial(4, 0.5, 24) / 4, rng.random((1, 6))
    whole = shuffled_alignments(topic, polarity, level, truth, 3, "test")
    monkeypatch.setattr(shuffles, "CHUNK_ELEMENTS", 1)
    one_by_one = shuffled_alignments(topic, polarity, level, truth, 3, "test")
    np.testing.assert_array_equal(whole, one_by_one)
