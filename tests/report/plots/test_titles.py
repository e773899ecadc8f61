"""Titles of figures state what their intervals allow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from culture_ray.report.cell_values import CellValue
from culture_ray.report.content import ReportContent
from culture_ray.report.plots.titles import (
    agreement_title,
    alignment_title,
    coefficients_title,
    consistency_title,
    map_title,
    us_bias_title,
)
from tests.report.synthetic.content import make_content
from tests.report.synthetic.study import MODELS


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return make_content(topics=3, responses=2)


def cells(*ends: tuple[float, float]) -> list[CellValue]:
    """Return cells of one model with these intervals."""
    return [CellValue("gpt_4o", "da", (low + high) / 2, low, high) for low, high in ends]


def test_agreement_is_claimed_of_the_cells_that_are_clear_of_zero(content: ReportContent) -> None:
    assert alignment_title(content, cells((0.1, 0.5), (0.2, 0.6))) == (
        "Every model agrees with speakers better than chance"
    )
    alone = make_content(models=MODELS[-1:], topics=3, responses=2)
    assert alignment_title(alone, cells((0.1, 0.5))).startswith("The model agrees")
    assert alignment_title(content, cells((-0.1, 0.5), (0.2, 0.6))).startswith("1 of 2 ")
    assert alignment_title(content, cells((-0.1, 0.5))).startswith("No model")
    plain = [replace(cells((0.1, 0.5))[0], low=None, high=None)]
    assert alignment_title(content, plain) == "Alignment with the speakers of the prompt's language"


def test_us_bias_is_claimed_in_both_directions(content: ReportContent) -> None:
    assert "1 closer to the US and 1 closer to others" in us_bias_title(
        content, cells((0.1, 0.2), (-0.3, -0.1), (-0.1, 0.1))
    )
    assert "no model is clearly closer to the US" in us_bias_title(content, cells((-0.1, 0.1)))


@pytest.mark.parametrize(
    ("ends", "found"),
    [
        ([(0.1, 0.2), (0.3, 0.4)], "every coefficient is above zero"),
        ([(-0.4, -0.1), (-0.3, -0.2)], "every coefficient is below zero"),
        (
            [(0.1, 0.2), (-0.3, -0.2), (-1.0, 1.0)],
            "of 3 coefficients, 1 above zero and 1 below zero",
        ),
        ([(0.1, 0.2), (-1.0, 1.0), (None, None)], "of 2 coefficients, 1 above zero"),
        ([(-1.0, 1.0), (-0.1, 0.0)], "no coefficient is clearly above or below zero"),
        ([(0.1, 0.2)], "the coefficient is above zero"),
        ([(-0.1, 0.2)], "the coefficient is not clearly above or below zero"),
        ([(None, None)], "coefficients"),
        ([], "coefficients"),
    ],
)
def test_coefficients_are_told_by_the_side_of_zero_that_their_intervals_are_on(
    ends: list[tuple[float | None, float | None]], found: str
) -> None:
    rows = [{"ci_low": low, "ci_high": high} for low, high in ends]
    assert coefficients_title("US bias", rows) == f"US bias: {found}"


def test_consistency_is_compared_with_people_where_they_are_apart() -> None:
    assert "less self-consistent" in consistency_title(cells((0.2, 0.4)), (0.7, 0.9))
    assert consistency_title(cells((0.7, 0.9), (0.1, 0.3)), (0.7, 0.9)) == (
        "1 of 2 combinations of model and language reaches the self-consistency of groups of ten "
        "people"
    )
    assert consistency_title(cells((0.7, 0.9), (0.8, 0.9)), (0.7, 0.8)) == (
        "The model reaches the self-consistency of groups of ten people"
    )
    assert consistency_title(cells((0.2, 0.4)), None) == "Self-consistency"


def test_the_agreement_of_populations_is_told_from_least_to_most() -> None:
    assert (
        agreement_title([0.98, 0.3]) == "Correlations between populations range from 0.30 to 0.98"
    )
    assert agreement_title([0.98]) == "The correlation between the two populations is 0.98"
    assert agreement_title([]) == "Agreement between populations"


def test_models_are_called_apart_only_if_each_is_nearer_to_another_model() -> None:
    people = [{"x": 0.0, "y": 0.0}]
    near = [{"model": name, "x": 9.0 + i, "y": 0.0} for i, name in enumerate("ab")]
    assert map_title(people, near) == "Models are closer to one another than to any population"
    among = [near[0], {"model": "b", "x": 0.5, "y": 0.0}]
    assert map_title(people, among) == "Models among people"
    assert map_title(people, near[:1]) == "Models among people"
