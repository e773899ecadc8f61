"""Permutation tests trade whole models within families."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.measures.result import FloatArray
from culture_ray.regression.designs import WITHIN, WITHIN_POOLED, design_matrices, per_unit
from culture_ray.regression.inference import sum_df
from culture_ray.regression.permutation import ProjectionsWithout, _arrangements, _Statistics
from culture_ray.regression.row_fits import RowFits, topic_errors_of
from culture_ray.regression.sampling import Sampling, SamplingError
from culture_ray.regression.topic_error import TopicErrors
from culture_ray.regression.valid import Options, regress
from tests.regression.made_up import study

QUICK = Options(without_models=0)


def test_models_trade_their_capabilities_over_all_languages_at_once() -> None:
    made = design_matrices(WITHIN, study(1))
    sources, exhaustive = _arrangements(made, ["f0", "f1"], 10**6, np.random.default_rng(0))
    assert exhaustive
    assert len(sources) == 36
    assert len(np.unique(sources, axis=0)) == 36
    assert (sources[0] == np.arange(36)).all()
    model, language = made.rows.model.to_numpy(str), made.rows.language.to_numpy(str)
    for source in sources:
        assert (language[source] == language).all()
        assert (made.rows.family.to_numpy(str)[source] == made.rows.family).all()
        givers = {(m, g) for m, g in zip(model, model[source], strict=True)}
        assert len(givers) == 9
        assert all(m == g for m, g in givers if m.startswith("f2"))


def test_a_model_without_a_language_trades_with_no_model_that_has_it() -> None:
    rows = study(2)
    made = design_matrices(WITHIN, rows[~((rows.model == "f0m0") & (rows.language == "l1"))])
    sources, _ = _arrangements(made, ["f0"], 10**6, np.random.default_rng(0))
    assert len(sources) == 2
    alone = (made.rows.model == "f0m0").to_numpy()
    assert (sources[:, alone] == np.flatnonzero(alone)).all()


def test_many_arrangements_are_drawn_at_random_and_the_same_for_a_seed() -> None:
    made = design_matrices(WITHIN, study(3, per_family=6))
    draws = [_arrangements(made, ["f0"], 100, np.random.default_rng(s))[0] for s in (0, 0, 1)]
    assert all(len(d) == 100 and (d[0] == np.arange(len(made.y))).all() for d in draws)
    assert (draws[0] == draws[1]).all()
    assert (draws[0] != draws[2]).any()


def test_a_strong_effect_reaches_the_lowest_p_value_there_is() -> None:
    rows = study(4, sd_model=0.01, sd_residual=0.01)
    rows["alignment"] += 3 * rows.capability
    (term,) = [
        t for t in regress(rows, WITHIN_POOLED, None, QUICK).terms if t.term == "capability_within"
    ]
    assert term.p_permutation is not None
    # all families reversed is as far from chance as what was seen
    assert 1 / 216 <= term.p_permutation <= 2 / 216


def test_the_test_is_two_sided() -> None:
    rows = study(6)
    other = rows.assign(alignment=-rows.alignment)
    for one, turned in zip(
        regress(rows, WITHIN_POOLED, None, QUICK).terms,
        regress(other, WITHIN_POOLED, None, QUICK).terms,
        strict=True,
    ):
        assert one.p_permutation == turned.p_permutation


@pytest.mark.parametrize("sampling", [None, "shared", "known"])
def test_statistics_are_those_of_generalised_least_squares_on_all_rows(
    sampling: Sampling | None,
) -> None:
    rows = study(5, per_family=4)
    made = design_matrices(WITHIN, rows)
    generator = np.random.default_rng(5)
    root = 0.02 * generator.normal(size=(80, len(rows))) + 0.01 * generator.normal(size=(80, 1))
    errors = topic_errors_of(
        made, None if sampling is None else SamplingError(root, 31.0), sampling or "shared"
    )
    fits = RowFits(made, errors, sampling or "shared")
    unit, data = per_unit(WITHIN, made, "capability_within"), fits.data(made.X)
    carried = np.abs(unit).sum(0) > 0
    null_fit = fits.fit(fits.data(made.X[:, ~carried]))
    assert carried.sum() == 3
    kernels = [*made.kernels(), np.eye(len(rows))]
    omega = np.einsum("k,kij->ij", null_fit.variances, kernels)
    if errors is not None:
        omega += errors.shared @ errors.shared.T
    compared = _Statistics(data, fits.fit(replace(data, X=data.X[:, ~carried])), made.y, errors)
    within = made.rows["capability_within"].to_numpy()
    for j in np.flatnonzero(carried):
        at = np.flatnonzero(unit[:, j])
        columns = unit[at, j] * generator.permutation(within[at].reshape(4, -1), axis=0).ravel()
        for column in (columns, generator.normal(size=at.size)):
            X = made.X.copy()
            X[:, j] = 0.0
            X[at, j] = column
            expected = _deviate(made.y, X, j, omega, errors)
            assert compared.of(column[None], at, j) == pytest.approx([expected], rel=1e-6)


def _deviate(
    y: FloatArray, X: FloatArray, j: int, omega: FloatArray, errors: TopicErrors | None
) -> float:
    """Return |t| of coefficient j, as the normal deviate of its p value where V is estimated."""
    precision = np.linalg.inv(omega)
    covariance = np.linalg.inv(X.T @ precision @ X)
    weights = (covariance @ X.T @ precision)[j]
    if errors is None:
        return float(abs(weights @ y) / np.sqrt(covariance[j, j]))
    added = errors.between_models(weights[None])[0]
    t = (weights @ y) ** 2 / (covariance[j, j] + added)
    df = float(sum_df(covariance[j, j], np.inf, added, errors.df))
    if not np.isfinite(df):
        return float(np.sqrt(t))
    return float((8 * df + 1) / (8 * df + 3) * np.sqrt(df * np.log1p(t / df)))


@pytest.mark.slow
def test_p_values_are_uniform_where_capability_says_nothing() -> None:
    found = []
    for seed in range(60):
        rows = study(seed, families=2, languages=2)
        rng = np.random.default_rng(seed)
        rows["capability"] = 0.5 + 0.1 * rng.normal(size=len(rows))
        rows["alignment"] -= 0.2 * study(seed, families=2, languages=2).capability
        terms = regress(rows, WITHIN_POOLED, None, QUICK).terms
        found += [t.p_permutation for t in terms if t.p_permutation is not None]
    assert len(found) == 60
    # 60 draws from 1/36, ..., 1: the mean of so many lies in these bounds 99.9 % of the time
    assert np.mean(found) == pytest.approx(37 / 72, abs=3.3 * 0.289 / np.sqrt(60))


@given(st.integers(0, 2**31), st.integers(1, 6), st.integers(0, 12), st.floats(1e-3, 1e3))
def test_residuals_are_those_of_the_other_columns_alone(
    seed: int, width: int, spare: int, scale: float
) -> None:
    generator = np.random.default_rng(seed)
    matrix = generator.normal(size=(width + spare, width)) * scale
    columns = generator.normal(size=(width + spare, 3))
    without = ProjectionsWithout(matrix)
    for j in range(width):
        others = np.linalg.qr(np.delete(matrix, j, axis=1))[0]
        expected = columns - others @ (others.T @ columns)
        assert without.residuals(columns, j) == pytest.approx(expected, abs=1e-7)


def test_the_column_itself_keeps_what_no_other_explains() -> None:
    matrix = np.array([[1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    left = ProjectionsWithout(matrix).residuals(matrix, 1)
    assert left == pytest.approx(np.array([[0.0, 0.0], [0.0, 1.0], [0.0, 0.0]]))


def test_columns_that_repeat_one_another_are_refused() -> None:
    with pytest.raises(np.linalg.LinAlgError):
        ProjectionsWithout(np.array([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]]))
