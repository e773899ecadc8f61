"""Priors are on the scale of the rows, and do not draw a high response towards 0."""

from __future__ import annotations

import numpy as np
import pytest

from culture_ray.regression.bayesian.centred import centred
from culture_ray.regression.bayesian.priors import priors_of

LEVELS = np.repeat(np.eye(2), 4, axis=0)
COVARIATE = np.tile([0.5, 0.6, 0.7, 0.8], 2)[:, None]
Y = 0.9 + 0.01 * np.arange(8.0)


def test_intercepts_have_the_mean_response_and_slopes_zero() -> None:
    priors = priors_of(Y, centred(np.hstack([LEVELS, COVARIATE])))
    assert priors.mean == pytest.approx([Y.mean(), Y.mean(), 0])
    assert priors.scale == pytest.approx(Y.std())


def test_a_slope_may_explain_the_response_two_and_a_half_times() -> None:
    priors = priors_of(Y, centred(np.hstack([LEVELS, COVARIATE])))
    assert priors.std_dev[2] == pytest.approx(2.5 * Y.std() / COVARIATE.std())
    assert priors.std_dev[0] == pytest.approx(2.5 * Y.std() / 0.5)


def test_an_intercept_alone_has_a_scale_of_its_own() -> None:
    priors = priors_of(Y, centred(np.ones((8, 1))))
    assert priors.mean == pytest.approx([Y.mean()])
    assert priors.std_dev == pytest.approx([2.5 * Y.std()])


def test_units_of_response_and_covariate_do_not_matter() -> None:
    plain = priors_of(Y, centred(np.hstack([LEVELS, COVARIATE])))
    scaled = priors_of(100 * Y, centred(np.hstack([LEVELS, 10 * COVARIATE])))
    assert scaled.std_dev == pytest.approx(plain.std_dev * [100, 100, 10])
    assert scaled.mean == pytest.approx(100 * plain.mean)
