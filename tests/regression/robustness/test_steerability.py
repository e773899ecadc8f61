import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture_ray.regression.robustness.steerability import (
    GAIN,
    SPREAD,
    matching_gain,
    squared_spread_ratio,
    steerability,
)
from culture_ray.regression.robustness.study import UNKNOWN
from tests.regression.robustness.responding import LANGUAGES, People, one, responses_of, study_of


def test_a_gain_is_a_populations_own_prompts_minus_the_mean_of_the_others():
    aligned = np.array([[[0.9, 0.1, 0.2], [0.3, 0.8, 0.4], [0.5, 0.2, 0.6]]])
    expected = [0.9 - 0.4, 0.8 - 0.15, 0.6 - 0.3]
    np.testing.assert_allclose(matching_gain(aligned)[0], [*expected, np.mean(expected)])


@settings(deadline=None)
@given(
    prompts=st.lists(st.floats(-0.4, 0.4), min_size=4, max_size=4),
    populations=st.lists(st.floats(-0.4, 0.4), min_size=4, max_size=4),
)
def test_better_prompts_and_easier_populations_are_no_gain(prompts, populations):
    aligned = np.add.outer(prompts, populations)[None]
    assert matching_gain(aligned)[0, -1] == pytest.approx(0, abs=1e-9)
    matching = matching_gain(aligned + 0.1 * np.eye(4))
    assert matching[0, -1] == pytest.approx(0.1, abs=1e-9)


def test_a_model_that_follows_the_prompt_gains_and_spreads_as_people_do():
    rng = np.random.default_rng(2)
    people = People.drawn(rng, topics=100)
    follows = people.speakers
    ignores = np.broadcast_to(people.speakers.mean(axis=0), follows.shape)
    study = study_of(responses_of(np.stack([follows, ignores]), rng), people)
    checks = steerability(study)
    assert one(checks, GAIN, "m0").ci_low > 0.2
    assert all(one(checks, GAIN, "m0", language).ci_low > 0.1 for language in LANGUAGES)
    assert one(checks, SPREAD, "m0").estimate == pytest.approx(1, abs=0.05)
    assert one(checks, SPREAD, "m0").ci_low > 0.8
    unmoved = one(checks, GAIN, "m1")
    assert unmoved.ci_low < 0 < unmoved.ci_high
    assert unmoved.std_error < 0.02
    assert one(checks, SPREAD, "m1").ci_low == 0
    assert one(checks, SPREAD, "m1").estimate < 0.2


def test_spread_that_is_not_the_populations_is_spread_but_no_gain():
    rng = np.random.default_rng(3)
    people = People.drawn(rng, topics=100)
    elsewhere = people.speakers[None, :, ::-1]
    checks = steerability(study_of(responses_of(elsewhere, rng), people))
    assert one(checks, SPREAD, "m0").estimate == pytest.approx(1, abs=0.05)
    assert one(checks, GAIN, "m0").estimate < 0.1


def test_the_variance_of_responses_is_not_taken_for_spread():
    rng = np.random.default_rng(4)
    truth = rng.random((3, 12))
    model = 0.5 + 0.6 * (truth - 0.5)
    values = np.arange(5) / 4
    weights = np.ones((1, 12))
    found = []
    for _ in range(400):
        drawn = rng.binomial(4, model[..., None], (3, 12, 3))
        counts = (drawn[..., None] == np.arange(5)).sum(axis=2)
        found.append(squared_spread_ratio(counts, values, truth, weights)[0][0])
    error = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found) - 0.36) < 4 * error
    assert error < 0.01


def test_topics_asked_once_or_without_ground_truth_do_not_enter():
    rng = np.random.default_rng(5)
    truth = rng.random((2, 6))
    counts = rng.multinomial(5, [0.2] * 5, (2, 6)).astype(float)
    values = np.arange(5) / 4
    expected, _ = squared_spread_ratio(counts[:, :4], values, truth[:, :4], np.ones((1, 4)))
    truth[0, 4] = np.nan
    counts[1, 5] = [0, 0, 1, 0, 0]
    found, topics = squared_spread_ratio(counts, values, truth, np.ones((1, 6)))
    np.testing.assert_allclose(found, expected)
    assert topics == 4


def test_what_cannot_be_steered_says_why():
    rng = np.random.default_rng(6)
    people = People.drawn(rng)
    responses = responses_of(people.speakers[None], rng)
    surveyed = people.surveyed()
    surveyed.speakers[1:3] = UNKNOWN
    study = study_of(responses, people)
    checks = steerability(type(study)(responses, surveyed, study.resampling))
    assert one(checks, GAIN, "m0", "da").estimate is not None
    assert "ground truth of the language's speakers" in one(checks, GAIN, "m0", "en").reason
    surveyed.speakers[3] = UNKNOWN
    alone = steerability(type(study)(responses, surveyed, study.resampling))
    assert "two languages" in one(alone, GAIN, "m0").reason
    assert "two languages" in one(alone, SPREAD, "m0").reason


def test_responses_that_all_agree_have_no_gain_and_say_so():
    rng = np.random.default_rng(7)
    people = People.drawn(rng)
    responses = responses_of(people.speakers[None], rng)
    responses.polarity[responses.language == 0] = 0.5
    checks = steerability(study_of(responses, people))
    assert "all responses agree" in one(checks, GAIN, "m0").reason
    assert one(checks, SPREAD, "m0").estimate is not None
