"""Planned studies find the effects that they are said to find, and as often as is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import special, stats

from culture_ray.regression.designs import WITHIN_POOLED
from culture_ray.simulation.errors import error_variances
from culture_ray.simulation.power import (
    FamilySpread,
    StudyDesign,
    _variants,
    family_spread,
    noncentrality,
    power_of,
    smallest_effects,
)
from culture_ray.simulation.world import World
from tests.calibration.regressions import infer_slopes
from tests.calibration.simulate import simulate

PLANNED = StudyDesign((FamilySpread(3),) * 3, languages=4, topics=20, responses=80, judge_error=0.0)


@pytest.mark.parametrize("df", [2.0, 5.0, 31.0, 400.0])
def test_a_t_test_of_an_effect_at_the_noncentrality_rejects_in_four_of_five(df: float) -> None:
    critical, effect = stats.t.ppf(0.975, df), noncentrality(df)
    assert stats.nct.sf(critical, df, effect) == pytest.approx(0.8, abs=1e-3)


@pytest.mark.slow
def test_more_topics_models_and_responses_each_make_smaller_effects_visible() -> None:
    planned, topics, models, responses = power_of(PLANNED).effects.values()
    assert topics.us_bias_cell < 0.85 * planned.us_bias_cell
    assert topics.difference < 0.9 * planned.difference
    assert models.slope < 0.85 * planned.slope
    assert models.us_bias_cell == planned.us_bias_cell
    assert responses.difference_cell < planned.difference_cell
    assert responses.slope < planned.slope


def test_a_judge_that_errs_hides_effects() -> None:
    exact, noisy = (smallest_effects(replace(PLANNED, judge_error=e)) for e in (0.0, 0.25))
    for name in ("difference_cell", "us_bias_cell", "slope"):
        assert getattr(noisy, name) > 1.05 * getattr(exact, name)


def test_models_that_differ_more_in_capability_show_a_smaller_slope() -> None:
    def slope(apart: float) -> float:
        capability = 0.5 + apart * np.array([[-1.0], [0.0], [1.0]]) + np.zeros((3, 4))
        design = replace(PLANNED, families=(family_spread(capability),) * 3)
        return smallest_effects(design).slope

    assert slope(0.2) == pytest.approx(slope(0.1) / 2)


def test_a_family_of_unknown_capability_has_the_usual_spread() -> None:
    capability = np.array([[0.4, 0.5], [0.6, np.nan]])
    assert family_spread(capability) == FamilySpread(2)
    known = family_spread(np.array([[0.4, 0.5], [0.6, 0.9]]))
    assert known.between == pytest.approx(2 * 0.15**2)
    assert known.residual == pytest.approx(4 * 0.05**2)


def test_designs_without_a_test_have_no_figure() -> None:
    alone = smallest_effects(replace(PLANNED, families=(FamilySpread(1),)))
    assert (alone.slope, alone.slope_of_family, alone.difference) == (None, None, None)
    assert alone.us_bias_cell is not None
    pairs = smallest_effects(replace(PLANNED, families=(FamilySpread(2),) * 4))
    assert pairs.slope is not None
    assert pairs.slope_of_family is None
    few = smallest_effects(replace(PLANNED, topics=4))
    assert few.us_bias_cell is few.difference is few.slope is None


def test_a_cell_is_one_language_however_many_are_planned() -> None:
    planned, one = (smallest_effects(replace(PLANNED, languages=k)) for k in (4, 1))
    assert planned.difference_cell == one.difference_cell == one.difference
    assert planned.difference < planned.difference_cell


def test_twice_the_models_have_twice_the_spread_and_a_single_one_gets_a_sibling() -> None:
    families = (FamilySpread(3, 0.2, 0.1), FamilySpread(2, 0.3, 0.4), FamilySpread(1))
    variants = _variants(replace(PLANNED, families=families))
    assert variants["twice the models"].families == (
        FamilySpread(6, 0.4, 0.2), FamilySpread(4, 0.6, 0.8), FamilySpread(2),
    )  # fmt: skip
    assert variants["twice the topics"] == replace(variants["as planned"], topics=40)
    assert variants["twice the responses"] == replace(variants["as planned"], responses=160)


def test_a_family_of_one_model_has_no_part_in_slopes() -> None:
    with_one = smallest_effects(replace(PLANNED, families=(*PLANNED.families, FamilySpread(1))))
    planned = smallest_effects(PLANNED)
    assert (with_one.slope, with_one.slope_of_family) == (planned.slope, planned.slope_of_family)


def test_a_slope_needs_two_spare_models() -> None:
    three, four = (
        smallest_effects(replace(PLANNED, families=(FamilySpread(models),))) for models in (3, 4)
    )
    assert three.slope is None
    assert four.slope is not None


@pytest.mark.parametrize("family", [FamilySpread(3, 0.06, 0.02), FamilySpread(3, 0.01, 0.09)])
def test_a_slope_has_the_information_and_the_freedom_of_its_two_strata(
    family: FamilySpread,
) -> None:
    errors = error_variances(PLANNED.topics, PLANNED.responses, 0.0)
    of_mean = errors.between_cells + 4 * errors.between_models
    models, cells = 3 * family.between * 4 / of_mean, 3 * family.residual / errors.between_cells
    share = models / (models + cells)
    df = 1 / (share**2 / (6 - 1) + (1 - share) ** 2 / (6 * 3 - 1))
    found = smallest_effects(replace(PLANNED, families=(family,) * 3)).slope
    assert found == pytest.approx(noncentrality(df) / np.sqrt(models + cells))


@pytest.mark.slow
def test_simulated_studies_find_the_smallest_effects_in_four_of_five() -> None:
    smallest = smallest_effects(replace(PLANNED, topics=32, responses=250))
    drawn = simulate(World(slope=smallest.slope), 120, rounds=100, seed=1)
    slopes = infer_slopes(drawn, WITHIN_POOLED).of("capability_within")
    slope = slopes.rejects()
    n = drawn.alignment.shape[1]
    critical = special.stdtrit(31, 0.975)
    errors = drawn.us_minus_native - drawn.of_each("us_minus_native")
    std_errors = np.sqrt(np.diagonal(drawn.V_us, axis1=1, axis2=2))
    cell = np.abs(errors + smallest.us_bias_cell) > critical * std_errors
    mean = np.abs(errors.mean(1) + smallest.us_bias) > critical * np.sqrt(
        drawn.V_us.sum((1, 2)) / n**2
    )
    # 120 studies have a standard error of 3.7 points
    for found in (slope, cell, mean):
        assert 0.68 < found.mean() < 0.92
