"""Intervals that hold at once, and Holm's p values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from culture_ray.measures.resampling.simultaneous import holm, simultaneous_level
from culture_ray.measures.resampling.spread import error_scores


def test_figures_that_move_together_need_no_more_than_one_interval() -> None:
    draws = np.random.default_rng(1).normal(size=(2000, 1)) @ np.ones((1, 36))
    assert simultaneous_level(error_scores(draws)) == pytest.approx(0.95, abs=0.01)


def test_independent_figures_need_nearly_what_bonferroni_asks() -> None:
    draws = np.random.default_rng(2).normal(size=(4000, 10))
    expected = 0.95 ** (1 / 10)
    assert simultaneous_level(error_scores(draws)) == pytest.approx(expected, abs=0.002)


def test_all_intervals_hold_at_once_in_95_of_100_studies() -> None:
    rng = np.random.default_rng(3)
    mix = rng.normal(size=(12, 12)) + 1.5
    hits = plain = 0
    level = simultaneous_level(error_scores(rng.normal(size=(2000, 12)) @ mix.T))
    for _ in range(400):
        estimate = mix @ rng.normal(size=12)
        size = np.abs(estimate) / np.sqrt((mix**2).sum(1))
        hits += (size < stats.norm.ppf((1 + level) / 2)).all()
        plain += (size < 1.96).all()
    assert hits / 400 == pytest.approx(0.95, abs=0.04)
    assert plain / 400 < 0.85


def test_figures_without_an_error_do_not_count() -> None:
    draws = np.random.default_rng(4).normal(size=(500, 3))
    draws[:, 1] = np.nan
    scores = error_scores(draws)
    assert simultaneous_level(scores) == simultaneous_level(scores[:, [0, 2]])
    assert simultaneous_level(scores[:, [1]]) == 0.95


def test_holm_is_that_of_a_worked_example() -> None:
    found = holm([0.01, 0.04, np.nan, 0.03, 0.005])
    assert np.allclose(found, [0.03, 0.06, np.nan, 0.06, 0.02], equal_nan=True)


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_keeps_the_order_and_lies_between_p_and_bonferroni(p: list[float]) -> None:
    found, given_p = holm(p), np.asarray(p)
    assert (found >= given_p - 1e-12).all()
    assert (found <= np.minimum(given_p * len(p), 1) + 1e-12).all()
    assert (np.diff(found[np.argsort(given_p, kind="stable")]) >= 0).all()
