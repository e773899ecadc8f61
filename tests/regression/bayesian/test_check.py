"""Posteriors are withheld, with the reason, where chains or rows do not support them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from culture_ray.regression.bayesian.check import bayesian_terms, convergence_fault
from culture_ray.regression.bayesian.posterior import Posterior
from culture_ray.regression.results import Aliased, Regression, Term

DRAWS = np.random.default_rng(0).normal([0.2, -1.0], [0.1, 1.0], (20_000, 2))
CONVERGED = Posterior(DRAWS, np.array([1.0, 1.001]), np.array([900.0, 800.0]), 1.01, 400.0, 0)
NONE = float("nan")
FITTED = Regression(
    "within",
    "",
    "valid",
    (
        Term("capability_within", 0.2, 0.1, 9, 0, 0.4, 0.1),
        Term("capability_between", -1, NONE, NONE, NONE, NONE, NONE),
    ),
    (Aliased("family[c]", "other terms determine it"),),
    None,
    (),
)


def test_figures_are_those_of_the_draws() -> None:
    slope, _, _ = bayesian_terms(FITTED, CONVERGED, DRAWS)
    assert slope.term == "capability_within" and slope.reason == ""
    assert (slope.mean, slope.std_dev) == pytest.approx((0.2, 0.1), abs=0.005)
    assert (slope.ci_low, slope.ci_high) == pytest.approx((0.004, 0.396), abs=0.01)
    assert slope.p_above_zero == pytest.approx(0.977, abs=0.005)
    assert (slope.rhat, slope.ess) == (1.0, 900.0)


def test_a_term_that_the_regression_withholds_is_withheld() -> None:
    _, between, aliased = bayesian_terms(FITTED, CONVERGED, DRAWS)
    assert "fewer than 2 degrees of freedom" in between.reason
    assert np.isnan(between.mean) and between.rhat == 1.001
    assert aliased.reason == "other terms determine it" and np.isnan(aliased.rhat)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"worst_rhat": 1.011}, "R-hat 1.011 > 1.01"),
        ({"worst_rhat": NONE}, "too few draws"),
        ({"fewest_ess": 399.0}, "399 independent ones < 400"),
        ({"fewest_ess": NONE}, "too few draws"),
        ({"divergences": 1}, "in 1 draws (divergences)"),
    ],
)
def test_chains_that_have_not_converged_withhold_every_figure(
    fault: dict[str, float], words: str
) -> None:
    assert convergence_fault(CONVERGED) == ""
    posterior = replace(CONVERGED, **fault)  # type: ignore[arg-type]
    assert words in convergence_fault(posterior)
    for term in list(bayesian_terms(FITTED, posterior, DRAWS))[:2]:
        assert words in term.reason
        assert np.isnan([term.mean, term.std_dev, term.ci_low, term.p_above_zero]).all()
