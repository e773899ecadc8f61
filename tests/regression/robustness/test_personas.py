import numpy as np
import pytest

from culture_ray.measures.resampling.resample import Resampling
from culture_ray.regression.robustness.personas import PERSONA, PERSONA_SPREAD, personas
from culture_ray.regression.robustness.suite import robustness_checks
from tests.regression.robustness.responding import (
    LANGUAGES,
    People,
    joined,
    one,
    responses_of,
    study_of,
)

COUNTRIES = (0, 2, 5)


def steered(answers, rng, people, countries=COUNTRIES, languages=2, each=6):
    """Responses of models (M, C, T), the same in every language, one persona per country."""
    parts = [
        responses_of(
            np.repeat(answers[:, [place]], languages, axis=1), rng, each=each, persona=country
        )
        for place, country in enumerate(countries)
    ]
    return joined(*parts)


def test_a_model_that_follows_its_persona_gains_and_one_that_ignores_it_does_not():
    rng = np.random.default_rng(11)
    people = People.drawn(rng, topics=80)
    follows = people.countries[list(COUNTRIES)]
    ignores = np.broadcast_to(follows.mean(axis=0), follows.shape)
    checks = personas(study_of(steered(np.stack([follows, ignores]), rng, people), people))
    assert one(checks, PERSONA, "m0").ci_low > 0.2
    assert all(one(checks, PERSONA, "m0", language).ci_low > 0.1 for language in LANGUAGES[:2])
    unmoved = one(checks, PERSONA, "m1")
    assert unmoved.ci_low < 0 < unmoved.ci_high
    assert one(checks, PERSONA_SPREAD, "m0", "da").estimate == pytest.approx(1, abs=0.1)
    assert one(checks, PERSONA_SPREAD, "m1", "da").estimate < 0.3


def test_a_persona_of_the_wrong_country_is_a_loss():
    rng = np.random.default_rng(12)
    people = People.drawn(rng, topics=80)
    swapped = people.countries[[2, 0]]
    found = personas(
        study_of(steered(swapped[None], rng, people, countries=(0, 2)), people),
    )
    assert one(found, PERSONA, "m0").ci_high < 0


def test_one_persona_alone_cannot_be_compared_and_says_so():
    rng = np.random.default_rng(13)
    people = People.drawn(rng)
    responses = steered(people.countries[None, [0]], rng, people, countries=(0,))
    found = personas(study_of(responses, people))
    assert all("two personas" in check.reason for check in found)


def test_responses_with_a_persona_take_no_part_in_the_other_checks():
    rng = np.random.default_rng(14)
    people = People.drawn(rng, languages=2)
    plain = responses_of(people.speakers[None], rng, persona=-1)
    countries = (0, 1, 3)
    away = steered(1 - people.countries[None, list(countries)], rng, people, countries=countries)
    both = joined(plain, away)
    resampling = Resampling(rounds=50, seed=1)
    alone = robustness_checks(plain, people.surveyed(), resampling, ("interviews",))
    mixed = robustness_checks(both, people.surveyed(), resampling, ("interviews",))
    about = (PERSONA, PERSONA_SPREAD)
    assert [c for c in mixed if c.what not in about] == [c for c in alone if c.what not in about]
    assert one(mixed, PERSONA, "m0").estimate is not None
    assert "persona" in one(alone, PERSONA).reason
    only = robustness_checks(away, people.surveyed(), resampling, ("persona",))
    assert one(only, PERSONA, "m0").estimate is not None
