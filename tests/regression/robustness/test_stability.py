import numpy as np
import pytest
from scipy.stats import spearmanr

from culture_ray.regression.robustness.stability import (
    Spreads,
    _between_levels,
    beyond_chance,
    cell_spreads,
    stability,
)
from culture_ray.regression.robustness.study import MIN_TOPICS, UNKNOWN, Factor
from tests.regression.robustness.responding import People, one, responses_of, squashed, study_of

OBSERVED = "spread of alignment between templates, chance included"
BEYOND = "spread of alignment between templates, beyond chance"
TEMPLATES = 6


def templated(shares, rng, each=1, opinions=10):
    """Responses of one model in one language, `shares` (templates, topics)."""
    parts = responses_of(np.asarray(shares)[None], rng, each=each, opinions=opinions)
    template, zeros = parts.language.copy(), np.zeros_like(parts.language)
    return type(parts)(
        ("m0",), ("da",), zeros, zeros, parts.topic, parts.polarity, template, zeros - 1, zeros
    )


def alike(people, rng, **how):
    return templated(np.repeat(people.speakers[:1], TEMPLATES, axis=0), rng, **how)


def independent(people, rng, **how):
    topics = people.speakers.shape[1]
    return templated(squashed(rng.normal(0, 1, (TEMPLATES, topics))), rng, **how)


def drawn(seed, topics=40):
    rng = np.random.default_rng(seed)
    return rng, People.drawn(rng, topics=topics, languages=TEMPLATES)


def test_the_spread_is_the_sd_over_templates_over_the_sd_over_countries():
    rng, people = drawn(0)
    responses = independent(people, rng, each=3)
    found = one(stability(study_of(responses, people), Factor.TEMPLATE), OBSERVED, "m0", "da")
    levels = [
        spearmanr(responses.polarity[at], people.speakers[0, responses.topic[at]])[0]
        for at in (responses.template == k for k in range(TEMPLATES))
    ]
    countries = [spearmanr(responses.polarity, c[responses.topic])[0] for c in people.countries]
    assert found.estimate == pytest.approx(np.std(levels, ddof=1) / np.std(countries, ddof=1))


def test_templates_that_make_no_difference_spread_only_by_chance():
    beyond, observed = [], []
    for seed in range(12):
        rng, people = drawn(seed)
        study = study_of(alike(people, rng), people, rounds=20)
        spread = cell_spreads(study, 0, 0, Factor.TEMPLATE)
        observed.append(spread.observed / spread.countries[0])
        beyond.append(beyond_chance([spread])[0])
    error = np.std(beyond, ddof=1) / np.sqrt(len(beyond))
    assert abs(np.mean(beyond)) < 3 * error
    assert np.mean(observed) > 5 * error


def test_a_model_that_answers_each_template_anew_is_unstable():
    rng, people = drawn(1)
    same = stability(study_of(alike(people, rng), people), Factor.TEMPLATE)
    anew = stability(study_of(independent(people, rng, each=4), people), Factor.TEMPLATE)
    assert one(same, BEYOND, "m0", "da").ci_low == 0
    assert one(same, BEYOND, "m0", "da").estimate < 0.3
    assert one(anew, BEYOND, "m0", "da").estimate > 1


def test_templates_that_turn_opinions_round_are_further_apart_than_countries():
    rng, people = drawn(9)
    sides = np.where(np.arange(TEMPLATES) % 2, 1, -1)[:, None]
    opposed = 0.5 + sides * (people.speakers[:1] - 0.5)
    checks = stability(study_of(templated(opposed, rng), people), Factor.TEMPLATE)
    assert one(checks, BEYOND, "m0", "da").ci_low > 1


def test_without_noise_nothing_is_taken_off():
    rng, people = drawn(2)
    same = alike(people, rng)
    same.polarity[:] = people.speakers[0, same.topic]
    checks = stability(study_of(same, people), Factor.TEMPLATE)
    assert one(checks, OBSERVED, "m0", "da").estimate == pytest.approx(0, abs=1e-9)
    assert one(checks, BEYOND, "m0", "da").estimate == pytest.approx(0, abs=1e-6)


def test_a_models_figure_is_over_the_mean_variances_of_its_languages():
    rng, people = drawn(5)
    shares = squashed(rng.normal(0, 1, (1, 2, 40)))
    responses = responses_of(shares, rng, template=rng.integers(0, 4, 2 * 40 * 8))
    study = study_of(responses, people)
    checks = stability(study, Factor.TEMPLATE)
    cells = [cell_spreads(study, 0, column, Factor.TEMPLATE) for column in range(2)]
    levels, countries = (
        sum(c.observed for c in cells),
        sum(c.countries[0] for c in cells),
    )
    assert one(checks, OBSERVED, "m0").estimate == pytest.approx(np.sqrt(levels / countries))
    beyond = max(0, (levels - sum(c.chance for c in cells)) / countries)
    assert one(checks, BEYOND, "m0").estimate == pytest.approx(np.sqrt(beyond))


@pytest.mark.parametrize("factor", list(Factor))
def test_a_factor_of_one_level_or_none_is_one_row_with_the_reason(factor):
    rng, people = drawn(6)
    responses = alike(people, rng)
    responses.level(factor)[:] = 0
    same = stability(study_of(responses, people), factor)
    assert [c.reason for c in same] == [f"The responses all have the same {factor}."] * 2
    responses.level(factor)[:] = UNKNOWN
    unknown = stability(study_of(responses, people), factor)
    assert [c.reason for c in unknown] == [f"The responses do not say which {factor}."] * 2
    assert {(c.estimate, c.model, c.language) for c in [*same, *unknown]} == {(None, None, None)}


def test_templates_on_few_topics_are_left_out():
    rng, people = drawn(7)
    responses = alike(people, rng)
    few = (responses.template < 2) & (responses.topic >= MIN_TOPICS - 1)
    left = study_of(responses.where(~few), people)
    without = study_of(responses.where(responses.template >= 2), people)
    found, expected = (cell_spreads(s, 0, 0, Factor.TEMPLATE) for s in (left, without))
    np.testing.assert_array_equal(found.levels, expected.levels)
    none = study_of(responses.where(responses.topic < MIN_TOPICS - 1), people)
    assert f"{MIN_TOPICS} topics" in stability(none, Factor.TEMPLATE)[0].reason


def test_a_cell_that_cannot_be_compared_says_why():
    rng, people = drawn(8)
    responses = alike(people, rng)
    study, surveyed = study_of(responses, people), people.surveyed()
    surveyed.country[:] = False
    lonely = type(study)(responses, surveyed, study.resampling)
    assert "countries" in stability(lonely, Factor.TEMPLATE)[0].reason
    surveyed.speakers[:] = UNKNOWN
    speechless = type(study)(responses, surveyed, study.resampling)
    assert "no ground truth" in stability(speechless, Factor.TEMPLATE)[0].reason
    responses.polarity[responses.template > 0] = 0.5
    agreed = stability(study_of(responses, people), Factor.TEMPLATE)[0]
    assert "all agree" in agreed.reason


def test_rounds_of_the_variance_beyond_chance_have_the_estimate_as_their_mean():
    rng = np.random.default_rng(8)
    levels = np.array([0.2, 0.3, 0.5]) + np.vstack([np.zeros(3), rng.normal(0, 0.05, (4000, 3))])
    spread = Spreads(levels, np.ones(4001), 0.004, 40)
    found = _between_levels(spread)
    assert found[0] == pytest.approx(np.var([0.2, 0.3, 0.5], ddof=1) - 0.004)
    assert found[1:].mean() == pytest.approx(found[0], rel=0.05)
