import numpy as np
import pytest

from culture_ray.measures.resampling.spread import (
    FEWEST_TOPICS,
    error_scores,
    percentile_intervals,
    standard_errors,
    variance_of_defined,
)
from culture_ray.measures.result import InvalidMeasureInput

MIX = np.array([[2.0, 1, 0], [0, 1, 1], [0, 0, 3]])
ROUNDS = np.random.default_rng(9).normal(size=(400, 3)) @ MIX


def covariance(rounds, clusters=None):
    """Return the sampling covariance (C, C) of figures in joint rounds (B, C)."""
    scores = error_scores(rounds, clusters)
    return scores.T @ scores


def test_covariance_of_complete_rounds_is_the_sample_covariance():
    np.testing.assert_allclose(covariance(ROUNDS), np.cov(ROUNDS.T), rtol=1e-12)
    np.testing.assert_allclose(standard_errors(ROUNDS), np.std(ROUNDS, axis=0, ddof=1))


def test_few_clusters_widen_it_by_what_the_bootstrap_leaves_out():
    plain, widened = covariance(ROUNDS), covariance(ROUNDS, [5, 5, 50])
    np.testing.assert_allclose(widened[0, 0], plain[0, 0] * 5 / 4)
    np.testing.assert_allclose(widened[0, 2], plain[0, 2] * np.sqrt(5 / 4 * 50 / 49))


def test_the_bootstrap_of_a_mean_meets_its_standard_error_with_few_clusters():
    from culture_ray.measures.resampling.resample import topic_draws

    values = np.random.default_rng(1).normal(size=6)
    rounds = topic_draws(6, 40_000, 0, "a mean") @ values[:, None] / 6
    expected = values.std(ddof=1) / np.sqrt(6)
    np.testing.assert_allclose(standard_errors(rounds, [6]), expected, rtol=0.02)


def test_undefined_rounds_leave_variances_right_and_the_matrix_positive():
    holes = ROUNDS.copy()
    holes[::3, 0] = np.nan
    holes[1::3, 1] = np.nan
    found = covariance(holes)
    variances = [np.var(column[~np.isnan(column)], ddof=1) for column in holes.T]
    np.testing.assert_allclose(np.diag(found), variances)
    assert np.linalg.eigvalsh(found).min() > -1e-12
    assert np.isnan(holes).sum(axis=0).tolist() == [134, 133, 0]


def test_a_figure_hardly_ever_defined_has_no_spread():
    holes = ROUNDS.copy()
    holes[1:, 1] = np.nan
    assert np.isnan(standard_errors(holes)).tolist() == [False, True, False]


def test_a_figure_of_too_few_topics_has_no_spread():
    few = FEWEST_TOPICS - 1
    scores = error_scores(ROUNDS, [FEWEST_TOPICS, few, 30])
    assert np.isnan(scores).all(axis=0).tolist() == [False, True, False]
    assert np.isnan(standard_errors(ROUNDS, [1, few, 30])).tolist() == [True, True, False]


def test_percentile_intervals_leave_equal_tails_of_the_defined_rounds():
    rounds = np.full((1001, 3), np.nan)
    rounds[:, 0] = np.random.default_rng(0).permutation(1001)
    rounds[:500, 1] = 3.0
    found = percentile_intervals(rounds, 0.9)
    np.testing.assert_allclose(found, [[50, 3, np.nan], [950, 3, np.nan]])


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(InvalidMeasureInput, match="clusters of shape"):
        covariance(ROUNDS, [3, 3])
    with pytest.raises(InvalidMeasureInput, match="level 95"):
        percentile_intervals(ROUNDS, 95)


def test_two_rounds_are_enough_for_a_spread_and_one_is_not():
    rounds = np.array([[1.0, 1.0], [3.0, np.nan]])
    np.testing.assert_allclose(standard_errors(rounds), [np.sqrt(2), np.nan])


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_an_interval_that_holds_everything_or_nothing_is_refused(level):
    with pytest.raises(InvalidMeasureInput):
        percentile_intervals(ROUNDS, level)


def test_the_variance_of_what_is_defined_is_the_unbiased_one():
    values = np.array([[5.0, 7.0, 1.0], [6.0, np.nan, np.nan], [10.0, 9.0, np.nan]])
    np.testing.assert_allclose(variance_of_defined(values), [7.0, 2.0, np.nan])
    np.testing.assert_allclose(variance_of_defined(values, axis=1), [28 / 3, np.nan, 0.5])
