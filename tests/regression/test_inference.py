"""Small-sample inference where the right answer is known without R."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from culture_ray.regression.designs import WITHIN, RegressionDesign, design_matrices
from culture_ray.regression.inference import Method, infer
from culture_ray.regression.reml.compress import compress
from culture_ray.regression.reml.fit import fit
from tests.regression.made_up import study

METHODS: list[Method] = ["kenward_roger", "satterthwaite"]


@pytest.mark.slow
@given(seed=st.integers(0, 10**6), sd_model=st.sampled_from([0.0, 0.02, 0.2]))
@settings(max_examples=40, deadline=None)
def test_balanced_data_give_the_exact_t_test_on_model_means(seed: int, sd_model: float) -> None:
    rows = study(seed, sd_model=sd_model)
    rows["capability"] = rows.groupby("model").capability.transform("mean")
    made = design_matrices(
        RegressionDesign("means", "alignment ~ language + capability + (1 | model)"), rows
    )
    fitted = fit(made.y, made.X, made.kernels(), bounded=False)
    if fitted.at_zero.any():  # the summit lies where Omega is singular; the bounded fit stands in
        return
    means = rows.groupby("model")[["alignment", "capability"]].mean()
    exact = stats.linregress(means.capability, means.alignment)
    known = infer(fitted, "kenward_roger")
    j = made.terms.index("capability")
    assert fitted.estimates[j] == pytest.approx(exact.slope, rel=1e-6)
    assert known.std_error[j] == pytest.approx(exact.stderr, rel=1e-4)
    assert known.df[j] == pytest.approx(len(means) - 2, rel=1e-3)
    assert known.p_value[j] == pytest.approx(exact.pvalue, rel=1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_known_error_like_the_residual_is_told_from_it(method: Method) -> None:
    made = design_matrices(WITHIN, study(1))
    alone = fit(made.y, made.X, made.kernels())
    part = alone.variances[-1] / 3
    beside = fit(made.y, made.X, made.kernels(), part * np.eye(len(made.y)))
    assert beside.variances[-1] == pytest.approx(alone.variances[-1] - part, rel=1e-5)
    one, other = infer(alone, method), infer(beside, method)
    assert np.allclose(one.std_error, other.std_error, rtol=1e-5)
    assert np.allclose(one.df, other.df, rtol=1e-4)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bounded", [True, False])
def test_many_data_sets_at_once_are_fitted_as_one_by_one(method: Method, bounded: bool) -> None:
    made = [design_matrices(WITHIN, study(seed, sd_model=0.02)) for seed in range(12)]
    y, X = np.array([m.y for m in made]), np.array([m.X for m in made])
    kernels = made[0].kernels()
    together = fit(y, X, kernels, bounded=bounded)
    known = infer(together, method)
    for i, m in enumerate(made):
        alone = fit(m.y, m.X, kernels, bounded=bounded)
        assert np.allclose(together.estimates[i], alone.estimates)
        assert np.allclose(known.std_error[i], infer(alone, method).std_error, rtol=1e-5)
        assert np.allclose(known.df[i], infer(alone, method).df, rtol=1e-4)


def test_kenward_roger_adds_what_their_formula_says_on_unbalanced_data() -> None:
    made = design_matrices(WITHIN, study(4).drop(index=[0, 5, 6, 17, 30]))
    fitted = fit(made.y, made.X, made.kernels())
    O, X, Phi = fitted.precision, made.X, fitted.covariance  # noqa: E741
    G = [*made.kernels(), np.eye(len(made.y))]
    P = [-X.T @ O @ g @ O @ X for g in G]
    Q = [[X.T @ O @ g @ O @ h @ O @ X for h in G] for g in G]
    information = np.array(
        [
            [
                np.trace(O @ G[i] @ O @ G[j]) / 2
                - np.trace(Phi @ Q[i][j])
                + np.trace(Phi @ P[i] @ Phi @ P[j]) / 2
                for j in range(len(G))
            ]
            for i in range(len(G))
        ]
    )
    W = np.linalg.inv(information)
    pairs = product(range(len(G)), repeat=2)
    extra = sum(W[i, j] * (Q[i][j] - P[i] @ Phi @ P[j]) for i, j in pairs)
    expected = np.sqrt(np.diagonal(Phi + 2 * Phi @ extra @ Phi))
    assert np.allclose(infer(fitted, "kenward_roger").std_error, expected)
    assert not np.allclose(expected, np.sqrt(np.diagonal(Phi)), rtol=1e-3)


@pytest.mark.slow
def test_the_fit_beats_every_other_point_of_the_likelihood() -> None:
    rng = np.random.default_rng(3)
    for seed in range(6):
        made = design_matrices(WITHIN, study(seed, sd_model=0.03))
        root = 0.02 * rng.normal(size=(len(made.y), 40))
        V = root @ root.T / 10
        fitted = fit(made.y, made.X, made.kernels(), V)
        assert fitted.converged
        kernels = [*made.kernels(), np.eye(len(made.y))]
        for s in rng.exponential(0.005, size=(200, len(kernels))):
            Omega = sum(v * G for v, G in zip(s, kernels, strict=True)) + V
            assert fitted.criterion <= _criterion(made.y, made.X, Omega) + 1e-8


def _criterion(y: np.ndarray, X: np.ndarray, Omega: np.ndarray) -> float:
    """-2 log restricted likelihood from its definition."""
    O = np.linalg.inv(Omega)  # noqa: E741
    information = X.T @ O @ X
    b = np.linalg.solve(information, X.T @ O @ y)
    r = y - X @ b
    n, p = X.shape
    return float(
        (n - p) * np.log(2 * np.pi)
        + np.linalg.slogdet(Omega)[1]
        + np.linalg.slogdet(information)[1]
        + r @ O @ r
    )


def test_levels_that_differ_less_than_chance_get_a_variance_below_zero() -> None:
    rows = study(2, sd_model=0.0)
    # the models' means come closer together by half, the residuals stay
    rows["alignment"] -= 0.5 * (
        rows.groupby("model").alignment.transform("mean") - rows.alignment.mean()
    )
    made = design_matrices(RegressionDesign("d", "alignment ~ 0 + language + (1 | model)"), rows)
    free = fit(made.y, made.X, made.kernels(), bounded=False)
    held = fit(made.y, made.X, made.kernels(), bounded=True)
    assert free.converged
    assert free.variances[0] < 0
    assert free.criterion < held.criterion
    assert held.variances[0] == 0
    assert np.linalg.eigvalsh(np.linalg.inv(free.precision))[0] > 0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bounded", [True, False])
def test_fewer_dimensions_give_the_same_answer(method: Method, bounded: bool) -> None:
    for seed in range(5):
        made = design_matrices(WITHIN, study(seed, sd_model=0.03, languages=7))
        F = 0.1 * np.random.default_rng(seed).normal(size=(len(made.y), 2))
        data = compress(made.y, made.X, made.levels(), F)
        assert data.spare.count > 20
        whole = fit(made.y, made.X, made.kernels(), F @ F.T, bounded=bounded)
        less = fit(data.y, data.X, data.kernels, data.V, spare=data.spare, bounded=bounded)
        assert less.criterion == pytest.approx(whole.criterion, abs=1e-6)
        assert np.allclose(less.estimates, whole.estimates, atol=1e-6)
        one, other = infer(whole, method), infer(less, method)
        assert np.allclose(one.std_error, other.std_error, rtol=1e-4)
        assert np.allclose(one.df, other.df, rtol=1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_inference_is_the_same_in_fewer_dimensions_with_two_factors(method: Method) -> None:
    """Dimensions with nothing but residuals only add to what is known of the last variance."""
    crossed = RegressionDesign(
        "crossed", "alignment ~ capability + consistency + (1 | model) + (1 | language)"
    )
    rows = study(5)
    rows["alignment"] += rows["language"].map({"l0": 0.0, "l1": 0.1, "l2": -0.1, "l3": 0.05})
    made = design_matrices(crossed, rows)
    data = compress(made.y, made.X, made.levels(), None)
    assert data.spare.count
    whole = infer(fit(made.y, made.X, made.kernels()), method)
    reduced = infer(fit(data.y, data.X, data.kernels, spare=data.spare), method)
    assert np.allclose(whole.std_error, reduced.std_error, rtol=1e-5)
    assert np.allclose(whole.df, reduced.df, rtol=1e-4)
