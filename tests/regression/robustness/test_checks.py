import numpy as np
import pytest
from scipy import stats

from culture_ray.regression.robustness.checks import NO_INTERVAL, Check, merge_equal_failures

HEAD = Check("a check", "a figure", "a unit", "m0", "da")


def test_an_interval_is_t_over_topics():
    rounds = np.array([0.3, 0.1, 0.2, 0.4, 0.5])
    found = HEAD.with_estimate(rounds, 10, "undefined")
    error = np.std(rounds[1:], ddof=1) * np.sqrt(10 / 9)
    assert found.estimate == 0.3
    assert found.std_error == pytest.approx(error)
    reach = stats.t.ppf(0.975, 9) * error
    assert (found.ci_low, found.ci_high) == pytest.approx((0.3 - reach, 0.3 + reach))
    assert not found.reason
    kept = HEAD.with_estimate(rounds, 10, "undefined", within=(0, 0.6))
    assert (kept.ci_low, kept.ci_high) == (0, 0.6)


def test_rounds_in_which_a_figure_is_undefined_are_left_out():
    rounds = np.array([0.3, 0.1, np.nan, 0.4, 0.5])
    known = rounds[~np.isnan(rounds)]
    assert HEAD.with_estimate(rounds, 10, "") == HEAD.with_estimate(known, 10, "")
    assert HEAD.with_root(rounds, 10, "") == HEAD.with_root(known, 10, "")


@pytest.mark.parametrize("fill", [Check.with_estimate, Check.with_root])
def test_what_has_no_estimate_or_interval_says_why(fill):
    undefined = fill(HEAD, np.array([np.nan, 0.1, 0.2]), 10, "no responses")
    assert (undefined.estimate, undefined.reason) == (None, "no responses")
    for rounds, topics in (([0.25, 0.2, 0.3], 1), ([0.25, np.nan, 0.3], 10)):
        found = fill(HEAD, np.array(rounds), topics, "")
        assert found.estimate is not None
        assert (found.std_error, found.ci_low, found.ci_high) == (None, None, None)
        assert found.reason == NO_INTERVAL


def test_a_root_has_the_interval_of_its_square():
    rng = np.random.default_rng(1)
    squares = np.append(0.5, rng.normal(0.5, 0.1, 4000))
    found = HEAD.with_root(squares, 30, "")
    assert found.estimate == pytest.approx(np.sqrt(0.5))
    reach = stats.t.ppf(0.975, 29) * 0.1 * np.sqrt(30 / 29)
    assert found.ci_low == pytest.approx(np.sqrt(0.5 - reach), abs=0.02)
    assert found.ci_high == pytest.approx(np.sqrt(0.5 + reach), abs=0.02)
    below = HEAD.with_root(squares - 0.6, 30, "")
    assert (below.estimate, below.ci_low) == (0, 0)
    assert below.ci_high > 0.2


def test_one_reason_for_all_is_one_row():
    other = Check("a check", "a figure", "a unit", "m1", "en")
    known = Check("a check", "another figure", "a unit", "m1", "en").without_interval(0.5, "why")
    rows = merge_equal_failures([HEAD.failed("x"), known, other.failed("x")])
    assert rows == [Check("a check", "a figure", "a unit").failed("x"), known]
    apart = [HEAD.failed("x"), other.failed("y")]
    assert merge_equal_failures(apart) == apart
    assert merge_equal_failures([HEAD.failed("x")]) == [HEAD.failed("x")]
