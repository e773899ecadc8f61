"""The part of V that enters a fit."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pandas as pd
import pytest

from culture_ray.errors import BadTable
from culture_ray.regression.designs import WITHIN
from culture_ray.regression.sampling import (
    Sampling,
    root_of_covariance,
    root_of_draws,
    shared_between_models,
)
from culture_ray.regression.valid import Options, regress
from tests.regression.made_up import study

SWIFT = Options(permutations=0, without_models=0)


def _made_of(common: np.ndarray, rows: pd.DataFrame, own: float) -> np.ndarray:
    L = pd.get_dummies(rows.language).to_numpy(float)
    return np.asarray(L @ common @ L.T + own * np.eye(len(rows)))


def _shared(V: np.ndarray, rows: pd.DataFrame) -> np.ndarray:
    F = shared_between_models(root_of_covariance(V, len(rows)), rows)
    return np.asarray(F @ F.T)


def test_what_models_share_is_told_from_what_is_a_rows_own() -> None:
    rows = study(1)
    root = np.random.default_rng(1).normal(size=(4, 4))
    common = root @ root.T
    shared = _shared(_made_of(common, rows, own=0.5), rows)
    assert np.allclose(shared, _made_of(common, rows, own=0.0))


def test_topic_error_shared_between_models_widens_levels_and_leaves_comparisons() -> None:
    rows = study(2)
    V = _made_of(0.01 * np.eye(4) + 0.005, rows, own=0.001)
    without = regress(rows, WITHIN, None, SWIFT).table().set_index("term")
    with_it = regress(rows, WITHIN, V, SWIFT).table().set_index("term")
    levels = [t for t in without.index if t.startswith("language[")]
    others = [t for t in without.index if t not in levels]
    columns = ["estimate", "std_error", "df", "p_value"]
    assert np.allclose(without.loc[others, columns], with_it.loc[others, columns], rtol=1e-4)
    grown = with_it.loc[levels, "std_error"] ** 2 - without.loc[levels, "std_error"] ** 2
    assert np.allclose(grown, 0.015, rtol=1e-3)


def test_a_language_with_one_model_takes_that_models_error() -> None:
    rows = study(3, families=1, per_family=2, languages=2).iloc[:3]
    V = np.diag([0.1, 0.2, 0.3])
    shared = _shared(V, rows)
    assert shared[1, 1] == pytest.approx(0.2)
    assert shared[0, 0] == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("V", "message"),
    [
        (np.eye(3), "V is 3 x 3 for 36 rows"),
        (-np.eye(36), "positive semidefinite"),
        (np.full((36, 36), np.nan), "undefined values"),
        (np.triu(np.ones((36, 36))), "not symmetric"),
    ],
)
def test_a_matrix_that_is_no_covariance_of_the_rows_is_refused(V: np.ndarray, message: str) -> None:
    with pytest.raises(BadTable, match=message):
        root_of_covariance(V, 36)


def test_draws_are_as_good_as_their_covariance() -> None:
    rows = study(4)
    draws = 0.05 * np.random.default_rng(2).normal(size=(300, 36)) + 0.5
    for sampling in get_args(Sampling):
        options = Options(sampling=sampling, permutations=0, without_models=0)
        one = regress(rows, WITHIN, np.cov(draws.T), options)
        other = regress(rows, WITHIN, None, options, draws=draws)
        assert np.allclose(one.table().iloc[:, 1:7], other.table().iloc[:, 1:7], rtol=1e-5)


def test_undefined_draws_are_passed_over() -> None:
    draws = np.random.default_rng(3).normal(size=(4000, 3))
    whole = np.diagonal(_square(root_of_draws(draws, 3)))
    draws[::4, 1] = np.nan
    holed = _square(root_of_draws(draws, 3))
    assert np.isfinite(holed).all()
    assert np.diagonal(holed) == pytest.approx(whole, rel=0.1)


def _square(root: np.ndarray) -> np.ndarray:
    return np.asarray(root.T @ root)


def test_draws_that_do_not_fit_the_rows_are_refused() -> None:
    with pytest.raises(BadTable, match="draws are 5 x 4: give rounds x 3 rows"):
        root_of_draws(np.ones((5, 4)), 3)
    with pytest.raises(BadTable, match="row 2 is undefined in 5 of 5 topic draws"):
        root_of_draws(np.array([[1.0, 2.0, np.nan]] * 5), 3)
