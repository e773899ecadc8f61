"""inference=valid against published figures, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from culture_ray.errors import BadTable
from culture_ray.regression.designs import PAPER, POOLED, WITHIN, Design
from culture_ray.regression.valid import regress
from tests.regression.made_up import study


def _as_lmer_names(term: str) -> str:
    parts = [p.replace("[", "").replace("]", "") for p in term.split(":")]
    return ":".join(sorted(parts))


@pytest.mark.parametrize("design", [PAPER, POOLED], ids=lambda d: d.name)
def test_meets_the_published_lmer_tables(
    design: Design, reference: Path, reference_rows: pd.DataFrame
) -> None:
    expected = pd.read_csv(reference / f"expected_lmer_{design.name}_design_gemma_openai.csv")
    expected.index = pd.Index([_as_lmer_names(t) for t in expected.term])
    table = regress(reference_rows, design, method="satterthwaite").table()
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
    one = regress(rows, WITHIN, V).table()
    other = regress(rows.iloc[order], WITHIN, V[np.ix_(order, order)]).table()
    assert list(one.term) == list(other.term)
    numbers = ["estimate", "std_error", "df", "p_value"]
    assert np.allclose(one[numbers], other[numbers], rtol=1e-5)


def test_no_variance_between_models_is_said_in_words() -> None:
    rows = study(3, sd_model=0.0)
    rows["alignment"] -= rows.groupby("model").alignment.transform("mean")
    result = regress(rows, WITHIN)
    assert any("singular fit: the variance between levels of model" in n for n in result.notes)


@pytest.mark.parametrize(
    ("V", "message"),
    [
        (np.eye(3), "V is 3 x 3 for 36 rows"),
        (-np.eye(36), "positive semidefinite"),
        (np.full((36, 36), np.nan), "undefined values"),
    ],
)
def test_a_matrix_that_is_no_covariance_of_the_rows_is_refused(V: np.ndarray, message: str) -> None:
    with pytest.raises(BadTable, match=message):
        regress(study(4), WITHIN, V)


def test_one_language_cannot_tell_models_from_residuals() -> None:
    with pytest.raises(BadTable, match="cannot tell model and the residual apart"):
        regress(study(5, languages=1, per_family=6), WITHIN)
