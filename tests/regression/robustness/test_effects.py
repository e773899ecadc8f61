from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from culture_ray.regression.robustness.effects import effects
from culture_ray.regression.robustness.study import UNKNOWN, PromptLevels
from tests.regression.robustness.responding import People, joined, one, responses_of, study_of

WHAT = "alignment with typos=0.1 minus typos=0"


def study(people, *shares, each=1, opinions=10_000, seed=1):
    """One model in one language whose responses have these shares (T,), one level after another."""
    rng = np.random.default_rng(seed)
    parts = [responses_of(s[None, None], rng, each=each, opinions=opinions) for s in shares]
    level = np.repeat(np.arange(len(parts)), [part.topic.size for part in parts])
    names = tuple(f"{0.1 * place:g}" for place in range(len(parts)))
    whole = replace(joined(*parts), varied=(PromptLevels("typos", names, level),))
    return study_of(whole, people)


def checked(found):
    return effects(found, found.responses.varied[0])


@pytest.fixture
def people():
    return People.drawn(np.random.default_rng(3), languages=1)


def test_an_effect_is_the_difference_of_the_two_alignments_over_shared_topics(people):
    worse = people.speakers[0].copy()
    worse[::3] = 1 - worse[::3]
    found = study(people, people.speakers[0], worse)
    check = one(checked(found), WHAT, "m0", "da")
    responses, truth = found.responses, people.speakers[0]
    at = [responses.varied[0].level == place for place in (0, 1)]
    plain = [
        spearmanr(responses.polarity[rows], truth[responses.topic[rows]]).statistic for rows in at
    ]
    assert check.estimate == pytest.approx(plain[1] - plain[0], abs=1e-9)
    assert check.ci_low < check.estimate < check.ci_high < 0


def test_the_same_answers_have_no_effect_and_pairing_leaves_no_error(people):
    found = study(people, people.speakers[0], people.speakers[0], opinions=10**9)
    check = one(checked(found), WHAT, "m0", "da")
    assert check.estimate == pytest.approx(0, abs=1e-3)
    assert check.std_error < 1e-3


def test_topics_that_only_one_level_was_asked_about_do_not_count(people):
    found = study(people, people.speakers[0], people.speakers[0])
    level = found.responses.varied[0].level
    kept = (level == 0) | (found.responses.topic < 20)
    fewer = study_of(found.responses.where(kept), people)
    both = study_of(found.responses.where(found.responses.topic < 20), people)
    assert one(checked(fewer), WHAT, "m0", "da").estimate == pytest.approx(
        one(checked(both), WHAT, "m0", "da").estimate
    )


def test_every_other_level_is_compared_with_the_first_and_the_mean_is_over_languages(people):
    found = study(people, people.speakers[0], people.speakers[0], 1 - people.speakers[0])
    checks = checked(found)
    assert [(c.what, c.language) for c in checks] == [
        (WHAT, "da"), (WHAT, None),
        ("alignment with typos=0.2 minus typos=0", "da"),
        ("alignment with typos=0.2 minus typos=0", None),
    ]  # fmt: skip
    assert checks[2].estimate == pytest.approx(checks[3].estimate) == pytest.approx(-2, abs=0.2)


def test_one_level_has_no_effect_and_two_without_shared_topics_have_a_reason(people):
    found = study(people, people.speakers[0])
    assert checked(found) == []
    two = study(people, people.speakers[0], people.speakers[0])
    apart = two.responses.varied[0].level == (two.responses.topic % 2)
    separate = study_of(two.responses.where(apart), people)
    assert "topics with ground truth have responses at both" in checked(separate)[0].reason
    unknown = PromptLevels("typos", ("0",), np.full(two.responses.topic.size, UNKNOWN))
    assert effects(two, unknown) == []


@pytest.mark.parametrize("silent", [0, 1, 2])
def test_a_level_at_which_no_answer_can_be_read_has_a_reason(people, silent):
    found = study(people, *[people.speakers[0]] * 3)
    level = found.responses.varied[0].level
    polarity = np.where(level == silent, np.nan, found.responses.polarity)
    checks = checked(study_of(replace(found.responses, polarity=polarity), people))
    names = ("0", "0.1", "0.2")
    first, other = (place for place in range(3) if place != silent)
    told = {
        f"alignment with typos={names[at]} minus typos={names[first]}" for at in (silent, other)
    }
    assert {check.what for check in checks} == told
    for check in checks:
        missing = f"typos={names[silent]} minus" in check.what
        assert (check.estimate is None) == missing
        of_language = "have responses at both levels" if check.language else "No language of the"
        assert (of_language in check.reason) == missing


@pytest.mark.slow
def test_intervals_cover_no_effect_about_as_often_as_they_say():
    covered, runs = 0, 200
    for seed in range(runs):
        drawn = People.drawn(np.random.default_rng(seed), languages=1)
        found = study(drawn, drawn.speakers[0], drawn.speakers[0], opinions=10, seed=seed)
        check = one(checked(found), WHAT, "m0", "da")
        covered += check.ci_low <= 0 <= check.ci_high
    assert covered / runs >= 0.9
