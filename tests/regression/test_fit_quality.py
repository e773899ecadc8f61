"""Diagnostics say what leaving a row out would do, and how much is described."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from culture_ray.regression import fit_quality
from culture_ray.regression.designs import WITHIN, RegressionDesign, design_matrices
from culture_ray.regression.reml.compress import compress
from culture_ray.regression.reml.fit import fit
from culture_ray.regression.valid import Options, regress
from tests.regression.made_up import study


def test_leaving_out_a_row_moves_the_terms_as_the_diagnostics_say() -> None:
    made = design_matrices(WITHIN, study(1))
    fitted = fit(made.y, made.X, made.kernels())
    data = compress(made.y, made.X, made.levels(), None)
    reduced = fit(data.y, data.X, data.kernels, spare=data.spare)
    Omega = np.linalg.inv(fitted.precision)
    std_error = np.sqrt(np.diagonal(fitted.covariance))
    for i, cell in enumerate(fit_quality.cells(made, data, reduced)):
        keep = np.delete(np.arange(len(made.y)), i)
        O = np.linalg.inv(Omega[np.ix_(keep, keep)])  # noqa: E741
        X, y = made.X[keep], made.y[keep]
        b = np.linalg.solve(X.T @ O @ X, X.T @ O @ y)
        moves = (b - fitted.estimates) / std_error
        j = np.abs(moves).argmax()
        assert cell.moves == made.terms[j]
        assert cell.moves_by == pytest.approx(moves[j], rel=1e-4)


def test_leverage_without_random_intercepts_is_the_hat_diagonal() -> None:
    made = design_matrices(RegressionDesign("plain", "alignment ~ language + capability"), study(2))
    data = compress(made.y, made.X, made.levels(), None)
    cells = fit_quality.cells(made, data, fit(data.y, data.X, data.kernels, spare=data.spare))
    hat = np.diagonal(made.X @ np.linalg.pinv(made.X))
    assert np.allclose([c.leverage for c in cells], hat)


def test_a_row_that_alone_decides_a_term_is_marked() -> None:
    rows = study(3)
    lone = rows.iloc[[0]].assign(language="l9")
    result = regress(_joined(rows, lone), WITHIN, None, Options(permutations=0))
    assert result.diagnostics is not None
    (cell,) = [c for c in result.diagnostics.cells if c.language == "l9"]
    assert cell.leverage == pytest.approx(1)
    assert cell.moves_by == np.inf
    assert cell.residual == 0.0


def _joined(*tables: pd.DataFrame) -> pd.DataFrame:

    return pd.concat(tables, ignore_index=True)


def test_r_squared_divides_the_variance_by_its_sources() -> None:
    made = design_matrices(WITHIN, study(4))
    fitted = fit(made.y, made.X, made.kernels())
    marginal, conditional = fit_quality.r_squared(made, fitted)
    fixed = np.var(made.X @ fitted.estimates)
    total = fixed + fitted.variances.sum()
    assert marginal == pytest.approx(fixed / total)
    assert conditional == pytest.approx((fixed + fitted.variances[0]) / total)


def test_sampling_error_is_counted_as_it_shows_among_residuals() -> None:
    made = design_matrices(WITHIN, study(5))
    fitted = fit(made.y, made.X, made.kernels())
    n = len(made.y)
    own = fit_quality.variances(made, fitted, np.sqrt(0.3) * np.eye(n))[-1]
    common = fit_quality.variances(made, fitted, np.sqrt(0.3) * np.ones((1, n)))[-1]
    assert own.source == common.source == "sampling"
    assert own.variance == pytest.approx(0.3)
    assert common.variance == pytest.approx(0, abs=1e-12)


@pytest.mark.slow
def test_every_model_is_left_out_once_and_capability_centred_anew() -> None:
    rows = study(6)
    result = regress(rows, WITHIN, None, Options(permutations=0))
    assert result.diagnostics is not None
    assert [w.model for w in result.diagnostics.without] == sorted(rows.model.unique())
    first = result.diagnostics.without[0]
    directly = regress(rows[rows.model != "f0m0"], WITHIN, None, Options(permutations=0))
    assert [t.estimate for t in first.terms] == pytest.approx([t.estimate for t in directly.terms])


def test_a_residual_is_the_error_of_predicting_a_row_from_all_others_in_its_standard_deviation():
    """Without random intercepts: the deleted residual, with the variance of all rows."""
    made = design_matrices(RegressionDesign("plain", "alignment ~ language + capability"), study(2))
    data = compress(made.y, made.X, made.levels(), None)
    fitted = fit(data.y, data.X, data.kernels, spare=data.spare)
    cells = fit_quality.cells(made, data, fitted)
    hat = np.diagonal(made.X @ np.linalg.pinv(made.X))
    left = made.y - made.X @ np.linalg.lstsq(made.X, made.y, rcond=None)[0]
    expected = left / np.sqrt((1 - hat) * fitted.variances[-1])
    assert np.allclose([cell.residual for cell in cells], expected)
