"""Designs are reduced to what the rows can estimate, and say so."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from culture_ray.regression.designs import WITHIN, WITHIN_POOLED, design_matrices
from culture_ray.regression.estimable import estimable_design
from culture_ray.regression.formulas import parse, without_group
from culture_ray.regression.valid import Options, regress
from tests.regression.made_up import study

SWIFT = Options(permutations=0, without_models=0)


def test_a_factor_may_be_crossed_from_two_columns() -> None:
    formula = parse("y ~ a + (1 | model) + (1 | family : language)", "here")
    assert formula.groups == ("model", "family:language")
    assert {"family", "language", "model"} <= formula.names
    rows = study(1)
    Z = design_matrices(WITHIN, rows).levels()[1]
    expected = pd.get_dummies(rows.family + rows.language).to_numpy(float)
    assert np.array_equal(Z @ Z.T, expected @ expected.T)
    assert without_group(formula.text, "family:language") == "y ~ a + (1 | model)"


def test_families_that_differ_by_language_widen_the_slope_between_them() -> None:
    rows = study(2, families=5)
    group = rows.family + rows.language
    apart = dict(zip(group.unique(), np.random.default_rng(1).normal(size=20), strict=True))
    shifted = rows.assign(alignment=rows.alignment + 0.3 * group.map(apart))
    one, other = (
        regress(table, WITHIN, None, SWIFT).table().set_index("term") for table in (rows, shifted)
    )
    between, within = "capability_between", "capability_within:family[f1]"
    assert other.std_error[between] > 3 * one.std_error[between]
    assert other.df[between] < 15
    assert other.std_error[within] == pytest.approx(one.std_error[within], rel=0.3)


def test_one_family_has_no_intercepts_by_family_and_language() -> None:
    design, _, notes = estimable_design(WITHIN, study(3, families=1, per_family=5))
    assert "family:language" not in design.formula
    assert len(notes) == 1
    assert notes[0].startswith("left out (1 | family:language)")


def test_families_of_two_share_one_slope() -> None:
    result = regress(study(4, per_family=2), WITHIN, None, SWIFT)
    assert [t.term for t in result.terms if "within" in t.term] == ["capability_within"]
    assert any(note.startswith("one slope of capability_within") for note in result.notes)
    pooled = regress(study(4, per_family=2), WITHIN_POOLED, None, SWIFT)
    assert [t.estimate for t in result.terms] == [t.estimate for t in pooled.terms]


def test_families_of_three_keep_slopes_of_their_own() -> None:
    result = regress(study(5, families=2), WITHIN, None, SWIFT)
    assert len([t for t in result.terms if "capability_within:family" in t.term]) == 2
    assert not any("one slope" in note for note in result.notes)


@pytest.mark.parametrize("seed", range(6))
def test_slopes_are_withheld_by_the_size_of_a_study_not_by_chance(seed: int) -> None:
    two_of_two = regress(study(seed, families=2, per_family=2), WITHIN, None, SWIFT)
    (slope,) = [t for t in two_of_two.terms if "within" in t.term]
    assert np.isnan([slope.std_error, slope.p_value]).all()
    two_languages = regress(study(seed, languages=2), WITHIN, None, SWIFT)
    between = next(t for t in two_languages.terms if "between" in t.term)
    assert np.isfinite(between.estimate)
    assert np.isnan([between.std_error, between.p_value]).all()
    levels = [t for t in two_languages.terms if "capability" not in t.term]
    assert len(levels) == 4
    assert all(np.isfinite(t.estimate) and np.isnan(t.std_error) for t in levels)


@pytest.mark.parametrize("shape", [(2, 2, 2), (2, 2, 3), (1, 2, 2), (1, 2, 4), (1, 3, 2)])
def test_no_figure_rests_on_fewer_than_two_degrees_of_freedom(shape: tuple[int, int, int]) -> None:
    families, per_family, languages = shape
    for seed in range(8):
        rows = study(seed, families=families, per_family=per_family, languages=languages)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                result = regress(rows, WITHIN, None, SWIFT)
            except Exception as error:
                assert "rows" in str(error)
                continue
        for term in result.terms:
            figures = np.array([term.std_error, term.df, term.ci_low, term.ci_high, term.p_value])
            assert np.isnan(figures).all() or (term.df >= 2 and np.isfinite(figures).all())
            if np.isnan(term.df):
                assert any(term.term in n and "degrees of freedom" in n for n in result.notes) or (
                    "more" in " ".join(result.notes)
                )
