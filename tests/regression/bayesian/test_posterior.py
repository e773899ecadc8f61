"""Posteriors drawn by bambi meet REML on the same rows, and know what the rows' errors share."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest

from culture_ray.measures.result import FloatArray
from culture_ray.regression.bayesian.check import bayesian_check
from culture_ray.regression.designs import RegressionDesign
from culture_ray.regression.results import Term
from culture_ray.regression.valid import Options, regress
from tests.regression.made_up import study

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("bambi") is None, reason="the extra bayes is not installed"
    ),
]

ROWS = study(1)
DESIGN = RegressionDesign(
    "slope",
    "alignment ~ 0 + language + family + capability_within + (1 | model) + (1 | family:language)",
)
ALONE = Options(permutations=0, without_models=0)
TOPICS = 32


def topic_draws() -> FloatArray:
    """Return rounds in which a language's rows err alike, and abler models in one direction."""
    random = np.random.default_rng(0)
    _, language = np.unique(ROWS["language"], return_inverse=True)
    level = ROWS.groupby(["family", "language"])["capability"].transform("mean")
    able = (ROWS["capability"] - level).to_numpy()
    alike = 0.3 * random.normal(size=(2000, language.max() + 1))[:, language]
    return np.asarray(alike + random.normal(size=(2000, 1)) * able)


def reml(**errors: Any) -> dict[str, Term]:
    fitted = regress(ROWS, DESIGN, options=ALONE, **errors)
    return {term.term: term for term in fitted.terms}


def test_means_and_deviations_are_near_reml_with_the_errors_that_are_known() -> None:
    check = bayesian_check(ROWS, DESIGN, topic_draws(), topics=TOPICS, chain_draws=1000, seed=1)
    expected, exact = reml(draws=topic_draws(), topics=TOPICS), reml()
    assert check.rows == len(ROWS)
    assert [term.term for term in check.terms] == list(expected)
    for term in check.terms:
        assert term.reason == ""
        wanted = expected[term.term]
        assert term.mean == pytest.approx(wanted.estimate, abs=0.2 * wanted.std_error), term
        assert term.std_dev == pytest.approx(wanted.std_error, rel=0.3), term
    # Without these errors, slope and levels would be known more than 1.5 times as well.
    for name in ("capability_within", "language[l0]"):
        assert expected[name].std_error > 1.5 * exact[name].std_error


def test_a_seed_repeats_its_draws_and_few_draws_are_withheld() -> None:
    first, again, other = (
        bayesian_check(ROWS, DESIGN, chain_draws=4, seed=seed) for seed in (1, 1, 2)
    )
    assert all(np.isnan(term.mean) and term.reason for term in first.terms)
    assert [term.rhat for term in first.terms] == [term.rhat for term in again.terms]
    assert [term.rhat for term in first.terms] != [term.rhat for term in other.terms]
