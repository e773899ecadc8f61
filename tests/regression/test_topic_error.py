"""Topic errors that models have in common beyond their languages count in standard errors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from culture_ray.regression.designs import WITHIN, WITHIN_POOLED, split_capability
from culture_ray.regression.results import Term
from culture_ray.regression.topic_error import TopicErrors
from culture_ray.regression.valid import Options, regress
from tests.regression.made_up import study

SWIFT = Options(permutations=0, without_models=0)


def _within(rows: pd.DataFrame) -> np.ndarray:
    return np.asarray(split_capability(rows)["capability_within"].to_numpy())


def _term(name: str, terms: tuple[Term, ...]) -> Term:
    return next(term for term in terms if term.term == name)


def test_only_pairs_of_different_models_add_to_a_variance() -> None:
    rng = np.random.default_rng(1)
    root, shared, weights = rng.normal(size=(9, 6)), rng.normal(size=(6, 2)), rng.random((3, 6))
    model = np.array(["a", "a", "b", "b", "c", "c"])
    V = root.T @ root - shared @ shared.T
    pairs = model[:, None] != model
    expected = np.einsum("pi,ij,pj->p", weights, V * pairs, weights)
    errors = TopicErrors(root, shared, model, 31.0)
    np.testing.assert_allclose(errors.between_models(weights), np.maximum(expected, 0))
    np.testing.assert_allclose(errors.squares(weights), expected)
    np.testing.assert_allclose(errors.form(weights.T), (V * pairs) @ weights.T)
    some = np.array([1, 2, 5])
    found = errors.of_rows(some).form(np.eye(3))
    np.testing.assert_allclose(found, (V * pairs)[np.ix_(some, some)], atol=1e-12)


def test_errors_that_follow_capability_widen_its_interval() -> None:
    rows = study(1, families=1, per_family=20)
    within = _within(rows)
    follows = 0.3**2 * np.outer(within, within)
    alone = _term(
        "capability_within", regress(rows, WITHIN_POOLED, 0.001 * np.eye(len(rows)), SWIFT).terms
    )
    V = follows + 0.001 * np.eye(len(rows))
    found = _term("capability_within", regress(rows, WITHIN_POOLED, V, SWIFT, topics=32).terms)
    # A slope along the errors has their whole variance, less what single models contribute.
    assert found.std_error**2 - alone.std_error**2 == pytest.approx(0.3**2, rel=0.1)
    assert found.df < 32
    assert found.estimate == pytest.approx(alone.estimate, rel=1e-6)


def test_an_estimated_covariance_that_is_taken_for_exact_is_said() -> None:
    rows = study(5)
    V = 0.001 * np.eye(len(rows))
    known = Options(sampling="known", permutations=0, without_models=0)
    assert any("takes V for exact" in n for n in regress(rows, WITHIN, V, known, topics=32).notes)
    assert not any("takes V for exact" in n for n in regress(rows, WITHIN, V, known).notes)


def test_errors_of_single_models_leave_intervals_as_they_are() -> None:
    rows = study(2)
    own = rows.model.to_numpy()[:, None] == rows.model.to_numpy()
    without = regress(rows, WITHIN, None, SWIFT).table()
    beside = regress(rows, WITHIN, 0.01 * own.astype(float), SWIFT, topics=32).table()
    columns = ["estimate", "std_error", "df", "p_value"]
    levels = without.term.str.startswith(("language[", "family["))
    assert np.allclose(without.loc[~levels, columns], beside.loc[~levels, columns], rtol=1e-4)


def test_errors_that_families_have_in_common_widen_the_slope_between_them() -> None:
    rows = study(3, families=5)
    group = (rows.family + rows.language).to_numpy()
    V = 0.01 * (group[:, None] == group) + 0.001 * np.eye(len(rows))
    alone, beside = (
        _term("capability_between", regress(rows, WITHIN, known, SWIFT, topics=32).terms)
        for known in (0.001 * np.eye(len(rows)), V)
    )
    assert beside.std_error > 1.1 * alone.std_error


def test_a_permutation_test_does_not_take_errors_that_follow_capability_for_an_effect() -> None:
    rows = study(4, families=1, per_family=8, sd_model=0.02, sd_residual=0.02)
    within = _within(rows)
    rows["alignment"] += 1.0 * within
    V = np.outer(within, within) + 1e-4 * np.eye(len(rows))
    test = replace(SWIFT, permutations=499)
    blind = _term(
        "capability_within",
        regress(rows, WITHIN_POOLED, 1e-4 * np.eye(len(rows)), test, topics=32).terms,
    )
    found = _term("capability_within", regress(rows, WITHIN_POOLED, V, test, topics=32).terms)
    assert blind.p_permutation is not None
    assert found.p_permutation is not None
    assert blind.p_permutation < 0.02
    assert found.p_permutation > 0.1
