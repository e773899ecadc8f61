from dataclasses import replace

import numpy as np
import pytest

from culture_ray.measures.answer_distances import DISTANCES
from culture_ray.regression.robustness.distance_effects import distance_effects
from culture_ray.regression.robustness.study import PromptLevels
from tests.regression.robustness.responding import People, joined, one, responses_of, study_of

TOPICS, SCALES = 12, (4, 5, 10)
WIDTH = max(SCALES)
MODEL = ("m0", "da")


def what(measure, other=1):
    return f"{measure} with labels={other} minus labels=0"


def padded(shares):
    return np.concatenate([shares, np.full(WIDTH - len(shares), np.nan)])


def study(*answers, people=None):
    """One model in one language, one response per topic and level with these shares."""
    rng = np.random.default_rng(2)
    drawn = People.drawn(rng, topics=TOPICS, languages=1)
    part = responses_of(drawn.speakers[None], rng, each=1)
    shares = np.concatenate([np.array([padded(a) for a in of_level]) for of_level in answers])
    level = np.repeat(np.arange(len(answers)), TOPICS)
    names = tuple(map(str, range(len(answers))))
    whole = replace(
        joined(*(part for _ in answers)),
        varied=(PromptLevels("labels", names, level),),
        shares=shares,
    )
    found = study_of(whole, drawn)
    known = None if people is None else np.array([[padded(q) for q in people]])
    return replace(found, surveyed=replace(found.surveyed, answers=known))


def drawn(seed):
    rng = np.random.default_rng(seed)
    return [rng.dirichlet(np.ones(SCALES[topic % len(SCALES)])) for topic in range(TOPICS)]


def checked(found):
    return distance_effects(found, found.responses.varied[0])


def test_an_effect_is_the_mean_difference_of_the_distances_of_two_levels():
    usual, other, people = drawn(1), drawn(2), drawn(3)
    found = checked(study(usual, other, people=people))
    assert len(found) == 2 * len(DISTANCES)
    for name, measure in DISTANCES.items():
        check = one(found, what(name), *MODEL)
        plain = [
            measure(b, q) - measure(a, q) for a, b, q in zip(usual, other, people, strict=True)
        ]
        assert check.estimate == pytest.approx(np.mean(plain))
        assert check.std_error == pytest.approx(np.std(plain) / np.sqrt(TOPICS), rel=0.25)
        assert check.ci_low < check.estimate < check.ci_high
        assert one(found, what(name), "m0").estimate == pytest.approx(check.estimate)


def test_answers_nearer_to_the_people_have_negative_effects_on_distances():
    usual, people = drawn(1), drawn(3)
    nearer = [(a + 3 * q) / 4 for a, q in zip(usual, people, strict=True)]
    found = checked(study(usual, nearer, people=people))
    assert one(found, what("wasserstein"), *MODEL).ci_high < 0
    assert one(found, what("mean_similarity"), *MODEL).ci_low > 0


def test_the_same_answers_have_no_effect_and_no_error():
    usual = drawn(1)
    for check in checked(study(usual, usual, people=drawn(3))):
        assert (check.estimate, check.ci_low, check.ci_high) == (0, 0, 0)


def test_a_level_without_answers_is_not_compared_with():
    nothing = [np.full(WIDTH, np.nan)] * TOPICS
    found = checked(study(nothing, drawn(1), drawn(2), people=drawn(3)))
    assert {check.what for check in found} == {
        f"{name} with labels=2 minus labels=1" for name in DISTANCES
    }


def test_without_distributions_of_people_nothing_is_said_and_without_some_the_reason():
    usual, other, people = drawn(1), drawn(2), drawn(3)
    assert checked(study(usual, other)) == []
    few = [*people[:2], *(np.full(WIDTH, np.nan) for _ in people[2:])]
    assert "topics with ground truth" in checked(study(usual, other, people=few))[0].reason
    none = [np.full(WIDTH, np.nan)] * TOPICS
    assert "no distributions" in checked(study(usual, other, people=none))[0].reason
