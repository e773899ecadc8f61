"""Centred columns are the same design: their coefficients lead back to the original ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.regression.bayesian.centred import centred
from culture_ray.regression.designs import WITHIN, design_matrices
from tests.regression.made_up import study


@given(st.integers(0, 2**32 - 1))
def test_the_original_coefficients_fit_what_the_centred_ones_fit(seed: int) -> None:
    random = np.random.default_rng(seed)
    levels = np.eye(3)[random.permutation(np.repeat(range(3), 4))]
    X = np.hstack([levels, random.normal(0.7, 0.2, (12, 2)), levels[:, :1] * random.random()])
    columns = centred(X)
    coefficients = random.normal(size=(5, X.shape[1]))
    fitted = columns.original(coefficients) @ X.T
    assert np.allclose(fitted, coefficients @ columns.X.T)
    assert np.allclose(columns.X[:, 3:].mean(axis=0), 0)


def test_levels_stay_and_covariates_are_centred() -> None:
    matrices = design_matrices(WITHIN, study(1))
    columns = centred(matrices.X)
    languages = [term.startswith("language") for term in matrices.terms]
    assert columns.constant == pytest.approx(np.array(languages, float), abs=1e-12)
    assert (columns.X[:, languages] == matrices.X[:, languages]).all()
    between = matrices.terms.index("capability_between")
    assert columns.means[between] == pytest.approx(matrices.X[:, between].mean())


def test_without_an_intercept_nothing_is_centred() -> None:
    X = np.random.default_rng(0).normal(1, 1, (9, 2))
    for given_columns in (X, np.hstack([X, np.eye(9)[:, :1]])):
        columns = centred(given_columns)
        assert np.array_equal(columns.X, given_columns)
        assert not columns.means.any() and not columns.constant.any()
