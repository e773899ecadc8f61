from types import SimpleNamespace

import numpy as np
import pytest

from culture_ray.regression.robustness.checks import Check
from culture_ray.regression.robustness.extrapolability import (
    EXCESS,
    MODELS,
    ROUNDS,
    SPLITS_IN_ROUNDS,
    _Agreement,
    _estimated,
    _in_rounds,
    _matches,
    extrapolability,
)
from tests.regression.robustness.responding import (
    LANGUAGES,
    People,
    one,
    responses_of,
    study_of,
)

RANDOM, THEMATIC = "random halves", "thematic halves"


@pytest.mark.slow
def test_models_that_differ_much_are_ranked_alike_by_any_half():
    rng = np.random.default_rng(3)
    people = People.drawn(rng, topics=64)
    towards = np.array([-1.0, -0.3, 0.3, 1.0])[:, None, None]
    shares = 0.5 + towards * (people.speakers[None] - 0.5)
    checks = extrapolability(study_of(responses_of(shares, rng), people))
    for kind in (RANDOM, THEMATIC):
        found = one(checks, f"ranking of models, {kind}")
        assert found.estimate > 0.95
        assert found.ci_high <= 1
        languages = [one(checks, f"ranking of models, {kind}", None, x) for x in LANGUAGES]
        assert found.estimate == pytest.approx(np.mean([c.estimate for c in languages]))


@pytest.mark.slow
def test_models_that_are_the_same_are_ranked_by_chance():
    rng = np.random.default_rng(4)
    people = People.drawn(rng, topics=64)
    shares = np.repeat(people.speakers[None], 5, axis=0)
    checks = extrapolability(study_of(responses_of(shares, rng), people))
    found = one(checks, f"ranking of models, {RANDOM}")
    assert found.ci_low < 0 < found.ci_high
    assert found.estimate < 0.4
    people_too = one(checks, f"ranking of countries, {RANDOM}")
    excess = one(checks, f"ranking of models minus countries, {RANDOM}")
    assert excess.estimate == pytest.approx(found.estimate - people_too.estimate)


@pytest.mark.slow
def test_a_model_that_is_one_country_finds_it_in_every_half():
    rng = np.random.default_rng(5)
    people = People.drawn(rng, topics=64)
    country = np.broadcast_to(people.countries[3], (1, 4, 64))
    responses = responses_of(country, rng, each=2)
    responses.polarity[:] = people.countries[3, responses.topic]
    checks = extrapolability(study_of(responses, people))
    found = one(checks, f"best-matching country of models, {RANDOM}", "m0")
    assert (found.estimate, found.ci_low, found.ci_high) == (1, 1, 1)
    ranking = one(checks, f"ranking of models, {RANDOM}")
    assert "fewer than two models" in ranking.reason


@pytest.mark.slow
def test_a_country_looks_for_its_like_among_the_others():
    rng = np.random.default_rng(6)
    people = People.drawn(rng, topics=64)
    # Two countries of a language are closer to each other than to any third.
    shares = people.speakers[None]
    checks = extrapolability(study_of(responses_of(shares, rng), people))
    assert one(checks, f"best-matching country of countries, {RANDOM}").estimate > 0.9
    people.countries[:] = rng.random(people.countries.shape)
    strangers = extrapolability(study_of(responses_of(shares, rng), people))
    assert one(strangers, f"best-matching country of countries, {RANDOM}").estimate < 0.4


@pytest.mark.slow
def test_countries_where_the_language_is_spoken_are_not_ranked_by_its_speakers():
    rng = np.random.default_rng(7)
    people = People.drawn(rng, topics=64)
    responses = responses_of(people.speakers[None], rng)
    checks = extrapolability(study_of(responses, people))
    noisy = people.countries.copy()
    # Danish is spoken in the first two; what they answer must not move the ranking by its speakers.
    noisy[:2] = rng.random((2, 64))
    changed = extrapolability(study_of(responses, People(noisy, people.speakers)))
    what = f"ranking of countries, {RANDOM}"
    assert one(checks, what, None, "da") == one(changed, what, None, "da")
    assert one(checks, what, None, "en") != one(changed, what, None, "en")


def test_few_topics_are_one_row_each_with_the_reason():
    rng = np.random.default_rng(8)
    people = People.drawn(rng, topics=9)
    checks = extrapolability(study_of(responses_of(people.speakers[None], rng), people))
    assert len(checks) == 4
    assert all(c.estimate is None and c.reason for c in checks)


def test_rounds_are_the_observed_one_and_the_first_draws_of_fewer_splits():
    rng = np.random.default_rng(2)
    study = study_of(responses_of(np.full((1, 4, 40), 0.5), rng, each=1), People.drawn(rng))
    seen = []

    def agreement(_, halves, weights):
        seen.append((len(halves), weights))
        return _Agreement(np.ones((4, len(weights))), np.ones((1, len(weights))))

    found = _in_rounds(agreement, study, np.ones((60, 40), dtype=bool))
    assert found.rankings.shape == (4, 1 + ROUNDS)
    assert [count for count, _ in seen] == [60, SPLITS_IN_ROUNDS]
    np.testing.assert_array_equal(seen[0][1], study.weights[:1])
    np.testing.assert_array_equal(seen[1][1], study.weights[1 : 1 + ROUNDS])


def test_intervals_end_where_the_figures_do():
    rounds = np.concatenate([[0.5], np.resize([-3.0, 3.0], 50)])
    ends = {
        (group, lowest): _estimated(Check("c", "w", "u"), rounds, 40, "none", group, lowest)
        for group in (MODELS, EXCESS)
        for lowest in (-1.0, 0.0)
    }
    assert {at: (c.ci_low, c.ci_high) for at, c in ends.items()} == {
        (MODELS, -1.0): (-1.0, 1.0), (MODELS, 0.0): (0.0, 1.0),
        (EXCESS, -1.0): (-2.0, 2.0), (EXCESS, 0.0): (-1.0, 1.0),
    }  # fmt: skip


def test_agreement_on_the_best_match_is_a_share_whatever_it_is_of():
    study = SimpleNamespace(
        compared_topics=np.arange(40), responses=SimpleNamespace(models=("m0",))
    )
    rounds = np.concatenate([[0.25], np.resize([0.2, 0.3], 50)])[None]
    found = _matches(RANDOM, study, _Agreement(rounds, rounds), _Agreement(rounds, rounds))
    assert [c.estimate for c in found] == [0.25, 0.25, 0.25, 0.0]
    assert all(c.ci_low < c.estimate < c.ci_high for c in found[:3])


def test_countries_with_figures_for_just_enough_topics_are_compared():
    rng = np.random.default_rng(5)
    people = People.drawn(rng)
    people.countries[0, :10] = np.nan  # of 40: three quarters are left
    people.countries[1, :11] = np.nan
    study = study_of(responses_of(np.full((1, 4, 40), 0.5), rng, each=1), people, rounds=2)
    assert study.countries.tolist() == [0, 2, 3, 4, 5, 6, 7]
