"""Two one-sided tests agree with statsmodels and with their interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.weightstats import DescrStatsW

from culture_ray.regression.equivalence import two_one_sided_tests


@given(st.integers(0, 2**32), st.floats(0.02, 1.0))
def test_the_p_value_is_that_of_statsmodels(seed: int, smallest: float) -> None:
    values = np.random.default_rng(seed).normal(0.1, 0.4, size=15)
    error = values.std(ddof=1) / np.sqrt(15)
    found = two_one_sided_tests([values.mean()], [error], [14], smallest)
    expected, *_ = DescrStatsW(values).ttost_mean(-smallest, smallest)
    assert found.p_value[0] == pytest.approx(expected)


@given(st.floats(-1, 1), st.floats(0.01, 0.5), st.floats(2, 100), st.floats(0.01, 1))
def test_an_effect_is_small_if_its_90_percent_interval_is_within_the_bounds(
    estimate: float, error: float, df: float, smallest: float
) -> None:
    found = two_one_sided_tests([estimate], [error], [df], smallest)
    within = -smallest < found.ci_low[0] and found.ci_high[0] < smallest
    assert (found.p_value[0] < 0.05) == within


def test_an_effect_without_a_standard_error_has_no_test() -> None:
    found = two_one_sided_tests([0.0, 0.1, np.nan], [np.nan, 0.0, 0.1], [5.0, 5.0, 5.0], 0.05)
    assert np.isnan(found.p_value).all()


def test_a_true_effect_at_the_bound_is_called_small_in_five_percent_of_studies() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(0.05, 0.02, size=(4000, 12))
    error = values.std(axis=1, ddof=1) / np.sqrt(12)
    found = two_one_sided_tests(values.mean(axis=1), error, np.full(4000, 11.0), 0.05)
    # The standard error of the rate is .35 points.
    assert (found.p_value < 0.05).mean() == pytest.approx(0.05, abs=0.012)
