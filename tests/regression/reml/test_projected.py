"""Restricted likelihood where its value is known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from culture_ray.regression.reml.fit import fit
from culture_ray.regression.reml.projected import _cholesky


def test_the_criterion_of_a_plain_mean_is_that_of_the_normal_distribution() -> None:
    y = np.array([1.0, 3.0, 4.0, 8.0])
    found = fit(y, np.ones((4, 1)), np.zeros((0, 4, 4)))
    variance = np.var(y, ddof=1)
    assert found.variances[0] == pytest.approx(variance)
    # -2 log restricted likelihood, Searle, Casella & McCulloch 1992, section 6.6
    expected = 3 * (np.log(2 * np.pi * variance) + 1) + np.log(4)
    assert found.criterion == pytest.approx(expected)


def test_a_matrix_is_singular_in_proportion_to_its_size() -> None:
    small_and_large = np.array([np.diag([1e6, 1e-9]), np.diag([1.0, -1.0]), np.diag([1e-9, 1e-9])])
    assert _cholesky(small_and_large)[1].tolist() == [False, False, True]
