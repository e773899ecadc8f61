"""inference=valid against published figures, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from culture_ray.errors import BadTable, WrongValue
from culture_ray.regression.designs import (
    PAPER,
    POOLED,
    WITHIN,
    RegressionDesign,
    design_matrices,
)
from culture_ray.regression.sampling import Sampling
from culture_ray.regression.valid import Options, regress
from culture_ray.tables import REGRESSION
from tests.regression.made_up import study

AS_LMER = Options(method="satterthwaite", bounded=True)
SWIFT = Options(permutations=0, without_models=0)


def _as_lmer_names(term: str) -> str:
    parts = [p.replace("[", "").replace("]", "") for p in term.split(":")]
    return ":".join(sorted(parts))


@pytest.mark.parametrize("design", [PAPER, POOLED], ids=lambda d: d.name)
def test_meets_the_published_lmer_tables(
    design: RegressionDesign, reference: Path, reference_rows: pd.DataFrame
) -> None:
    expected = pd.read_csv(reference / f"expected_lmer_{design.name}_design_gemma_openai.csv")
    expected.index = pd.Index([_as_lmer_names(t) for t in expected.term])
    table = regress(reference_rows, design, options=AS_LMER).table()
    table.index = pd.Index([_as_lmer_names(t) for t in table.term])
    assert set(table.index) == set(expected.index)
    expected = expected.loc[table.index]
    for ours, theirs in [
        ("estimate", "estimate"),
        ("std_error", "std_error"),
        ("df", "df"),
        ("p_value", "p"),
    ]:
        assert np.allclose(table[ours], expected[theirs], atol=1e-3, rtol=0), ours


def test_permuting_rows_and_covariance_alike_changes_nothing() -> None:
    rows = study(1)
    n = len(rows)
    root = np.random.default_rng(1).normal(size=(n, 2 * n)) * 0.01
    V = root @ root.T
    order = np.random.default_rng(2).permutation(n)
    for sampling in get_args(Sampling):
        options = Options(sampling=sampling, without_models=0)
        one = regress(rows, WITHIN, V, options).table()
        other = regress(rows.iloc[order], WITHIN, V[np.ix_(order, order)], options).table()
        assert list(one.term) == list(other.term)
        assert np.allclose(one.iloc[:, 1:], other.iloc[:, 1:], rtol=1e-4, equal_nan=True)


def test_no_variance_between_models_is_said_in_words() -> None:
    rows = study(3, sd_model=0.0)
    rows["alignment"] -= rows.groupby("model").alignment.transform("mean")
    held = regress(rows, WITHIN, None, Options(bounded=True, permutations=0))
    assert any("singular fit: the variance between levels of model" in n for n in held.notes)


def test_a_variance_below_zero_is_said_in_words() -> None:
    notes = [regress(study(seed, sd_model=0.0), WITHIN, None, SWIFT).notes for seed in range(12)]
    assert any("estimated below zero" in n for each in notes for n in each)


def test_a_row_without_alignment_takes_its_part_of_the_covariance_with_it() -> None:
    rows = study(6)
    root = 0.05 * np.random.default_rng(1).normal(size=(36, 60))
    V = root @ root.T / 60
    known = Options(sampling="known", permutations=0, without_models=0)
    whole = regress(rows.drop(index=7), WITHIN, np.delete(np.delete(V, 7, 0), 7, 1), known)
    rows.loc[7, "alignment"] = np.nan
    result = regress(rows, WITHIN, V, known)
    assert "left out f0m1 in l3: alignment is undefined there" in result.notes
    assert np.allclose(result.table().iloc[:, 1:7], whole.table().iloc[:, 1:7], rtol=1e-5)


def test_terms_left_out_stay_in_the_table_without_figures() -> None:
    result = regress(study(7, families=1, per_family=5), WITHIN, None, SWIFT)
    table = result.table().set_index("term")
    assert table.estimate.isna().to_dict()["capability_between"]
    assert any("left out capability_between: fully determined by" in n for n in result.notes)
    assert list(result.table().columns) == [f.name for f in REGRESSION]


def test_one_language_cannot_tell_models_from_residuals() -> None:
    with pytest.raises(BadTable, match="cannot tell model and the residual apart"):
        regress(study(5, languages=1, per_family=6), WITHIN)


@pytest.mark.parametrize("alignment", ["constant", "a line in capability"])
def test_a_response_without_error_gets_no_figures(alignment: str) -> None:
    rows = study(8)
    rows["alignment"] = 0.5 if alignment == "constant" else 0.1 + 0.3 * rows.capability
    result = regress(rows, WITHIN)
    assert result.terms == ()
    assert any("leaves no residual error" in n for n in result.notes)


def test_bootstrap_rounds_as_rows_are_refused() -> None:
    rows = study(9)
    with pytest.raises(BadTable, match="f0m0 in l0 has more than one row"):
        regress(pd.concat([rows, rows], ignore_index=True), WITHIN)


def test_known_errors_alone_can_stand_for_the_residual() -> None:
    rows = study(10, sd_model=0.0)
    alone = Options(sampling="known", residual=False)
    result = regress(rows, WITHIN, 0.01 * np.eye(36), alone)
    assert np.isfinite(result.table().iloc[:, 1:7]).all(axis=None)
    assert result.diagnostics is not None
    assert all(np.isfinite(c.residual) for c in result.diagnostics.cells)
    with pytest.raises(WrongValue, match="residual=False cannot be used"):
        regress(rows, WITHIN, None, alone)


def test_terms_that_fit_exactly_leave_no_residual_however_large_the_response() -> None:
    rows = study(1)
    rows["alignment"] = 1e4 * rows["language"].map({"l0": 1.0, "l1": 3.0, "l2": 2.0, "l3": 7.0})
    result = regress(rows, RegressionDesign("exact", "alignment ~ 0 + language"), options=SWIFT)
    assert result.terms == ()
    assert "fit the response exactly" in " ".join(result.notes)


def test_weights_give_the_estimates_of_other_responses_of_the_same_rows() -> None:
    rows = study(3)
    rows.loc[2, "alignment"] = np.nan
    found = regress(rows, WITHIN, options=SWIFT)
    assert found.weights is not None
    assert (found.weights[:, 2] == 0).all()
    responses = rows["alignment"].fillna(0.0).to_numpy()
    estimates = [term.estimate for term in found.terms]
    assert found.weights @ responses == pytest.approx(estimates)
    # A response that rises with one column moves the estimate of that term alone.
    matrices = design_matrices(WITHIN, rows)
    assert found.weights[:, matrices.kept] @ matrices.X == pytest.approx(np.eye(len(estimates)))
