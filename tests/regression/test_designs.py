"""Designs: names, the split of capability, and terms that cannot be told apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture_ray.errors import BadTable, WrongValue
from culture_ray.regression.designs import (
    PAPER,
    WITHIN,
    WITHIN_GIVEN_CONSISTENCY,
    RegressionDesign,
    design_matrices,
    per_unit,
    split_capability,
)
from culture_ray.regression.formulas import independent
from tests.regression.made_up import study


def test_terms_are_named_after_columns_and_levels() -> None:
    assert design_matrices(WITHIN, study(1, languages=2)).terms == (
        "language[l0]",
        "language[l1]",
        "family[f1]",
        "family[f2]",
        "capability_within:family[f0]",
        "capability_within:family[f1]",
        "capability_within:family[f2]",
        "capability_between",
    )
    paper = design_matrices(PAPER, study(1)).terms
    assert "consistency:language[l2]" in paper
    assert "capability:family[f1]:language[l3]" in paper


@given(seed=st.integers(0, 10**6), per_family=st.integers(2, 5), languages=st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_capability_within_sums_to_zero_in_every_family_and_language(
    seed: int, per_family: int, languages: int
) -> None:
    rows = split_capability(study(seed, per_family=per_family, languages=languages))
    sums = rows.groupby(["family", "language"]).capability_within.sum()
    assert np.allclose(sums, 0)
    assert np.allclose(rows.capability_within + rows.capability_between, rows.capability)


def test_a_family_level_moves_between_and_leaves_within() -> None:
    rows = study(2)
    higher = rows.assign(capability=rows.capability + 0.3 * (rows.family == "f1"))
    before, after = split_capability(rows), split_capability(higher)
    assert np.allclose(before.capability_within, after.capability_within)
    assert not np.allclose(before.capability_between, after.capability_between)


def test_each_column_is_linear_in_capability_within_family() -> None:
    made = design_matrices(WITHIN, study(11))
    unit = per_unit(WITHIN, made, "capability_within")
    carried = unit.any(axis=0)
    assert [made.terms[j] for j in np.flatnonzero(carried)] == [
        f"capability_within:family[f{k}]" for k in range(3)
    ]
    assert set(np.unique(unit)) == {0.0, 1.0}


def test_a_term_not_linear_in_capability_cannot_be_taken_apart() -> None:
    square = RegressionDesign(
        "square", "alignment ~ language + I(capability_within ** 2) + (1 | model)"
    )
    made = design_matrices(square, study(12))
    with pytest.raises(WrongValue, match="linear in capability_within"):
        per_unit(square, made, "capability_within")


def test_one_family_leaves_between_to_the_languages_and_says_so() -> None:
    made = design_matrices(WITHIN, study(3, families=1, per_family=5))
    assert "capability_between" not in made.terms
    (left,) = made.aliased
    assert left.term == "capability_between"
    assert "language[l0]" in left.reason
    assert np.linalg.matrix_rank(made.X) == made.X.shape[1]


def test_a_family_of_one_model_has_no_within_term_and_says_so() -> None:
    rows = study(4)
    alone = rows[~rows.model.isin(["f2m1", "f2m2"])]
    (left,) = design_matrices(WITHIN, alone).aliased
    assert left.term == "capability_within:family[f2]"
    assert "no two models" in left.reason


def test_a_row_without_consistency_is_left_out_and_named() -> None:
    rows = study(5)
    rows.loc[3, "consistency"] = np.nan
    made = design_matrices(WITHIN_GIVEN_CONSISTENCY, rows)
    assert len(made.y) == len(rows) - 1
    assert 3 not in made.kept
    assert made.notes == ("left out f0m0 in l3: consistency is undefined there",)
    assert len(design_matrices(WITHIN, rows).y) == len(rows)


def test_a_model_without_capability_is_refused_by_name() -> None:
    rows = study(6)
    rows.loc[rows.model == "f1m1", "capability"] = np.nan
    with pytest.raises(BadTable, match="no capability for f1m1 in l0"):
        design_matrices(WITHIN, rows)


def test_missing_columns_are_named_with_those_that_exist() -> None:
    with pytest.raises(BadTable, match=r"column\(s\) consistency: the columns are model, family"):
        design_matrices(PAPER, study(7).drop(columns="consistency"))


@pytest.mark.parametrize(
    "formula",
    ["alignment", "alignment ~ capability + (capability | model)", "alignment ~ capability +* x"],
)
def test_a_formula_that_cannot_be_read_is_refused(formula: str) -> None:
    with pytest.raises(WrongValue):
        design_matrices(RegressionDesign("odd", formula), study(8))


def test_more_terms_than_rows_are_refused() -> None:
    with pytest.raises(BadTable, match="add models or languages"):
        design_matrices(PAPER, study(9, per_family=1, languages=3))


def test_order_of_rows_does_not_matter() -> None:
    rows = study(10)
    shuffled = rows.sample(frac=1, random_state=0)
    one, other = design_matrices(WITHIN, rows), design_matrices(WITHIN, shuffled)
    assert one.terms == other.terms
    assert np.allclose(one.X[shuffled.index], other.X)


def test_as_many_rows_as_terms_and_factors_are_too_few() -> None:
    design = RegressionDesign("mean", "alignment ~ 1 + (1 | model)")
    rows = study(1)
    assert design_matrices(design, rows[:3]).terms == ("Intercept",)
    with pytest.raises(BadTable, match="1 free terms and 1 random factors for 2 rows"):
        design_matrices(design, rows[:2])


def test_more_than_five_rows_that_are_left_out_are_counted() -> None:
    rows = study(1)
    rows.loc[:6, "alignment"] = np.nan
    (note,) = design_matrices(PAPER, rows).notes
    assert "and 2 more" in note


def test_a_column_names_those_that_determine_it_and_no_others() -> None:
    table = pd.DataFrame({"a": [1.0, 0, 0, 1], "b": [0.0, 1, 0, 2], "twice_a": [2.0, 0, 0, 2]})
    free, (aliased,) = independent(table)
    assert free == ("a", "b")
    assert (aliased.term, aliased.reason) == ("twice_a", "fully determined by a")
