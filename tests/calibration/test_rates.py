"""Calibration runs the code that ships, and gross departures from its level are caught at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from culture_ray.regression.designs import WITHIN, WITHIN_GIVEN_CONSISTENCY
from culture_ray.regression.valid import Options, regress
from culture_ray.simulation.world import World
from tests.calibration.rates import (
    Count,
    cell_counts,
    paper_count,
    permutation_count,
    slope_counts,
    twin_counts,
)
from tests.calibration.regressions import infer_slopes, tables, without_twins
from tests.calibration.simulate import simulate


def percent(count: Count) -> float:
    return 100 * count.hits / count.of


@pytest.mark.slow
def test_all_studies_at_once_are_inferred_as_the_shipped_regression_does() -> None:
    drawn = simulate(World(), 4, rounds=80, seed=5)
    swift = Options(permutations=0, without_models=0)
    for design in (WITHIN, WITHIN_GIVEN_CONSISTENCY):
        found = infer_slopes(drawn, design)
        for i, table in enumerate(tables(drawn)):
            shipped = regress(table, design, drawn.V[i], swift, topics=drawn.topics).table()
            known, shown = found.inference, found.known[i]
            assert tuple(shipped.term) == found.terms
            assert np.allclose(shipped.estimate, found.estimates[i], atol=1e-6)
            assert np.array_equal(shipped.p_value.notna(), shown)
            assert np.allclose(shipped.std_error[shown], known.std_error[i][shown], rtol=1e-4)
            assert np.allclose(shipped.df[shown], known.df[i][shown], rtol=1e-3)


@pytest.mark.slow
def test_a_cell_without_alignment_is_left_out_as_analyse_does() -> None:
    drawn = simulate(World(twins=1), 3, rounds=60, seed=5)
    alignment, us, V, V_us = (
        getattr(drawn, name).copy() for name in ("alignment", "us_minus_native", "V", "V_us")
    )
    # the first: undefined; the second, the twin of another: undefined in most draws
    alignment[1, 9] = us[1, 9] = np.nan
    for cell in (9, 2):
        V[1, cell] = V[1, :, cell] = V_us[1, cell] = V_us[1, :, cell] = np.nan
    lacking = replace(drawn, alignment=alignment, us_minus_native=us, V=V, V_us=V_us)
    kept = np.setdiff1d(np.arange(36), [9, 2])
    swift = Options(permutations=0, without_models=0)
    for design in (WITHIN, WITHIN_GIVEN_CONSISTENCY):
        found, before = infer_slopes(lacking, design), infer_slopes(drawn, design)
        assert found.terms == before.terms
        assert np.allclose(found.estimates[[0, 2]], before.estimates[[0, 2]], atol=1e-6)
        rows = tables(drawn)[1].iloc[kept].reset_index(drop=True)
        of_kept = drawn.V[1][np.ix_(kept, kept)]
        shipped = regress(rows, design, of_kept, swift, topics=drawn.topics).table()
        assert tuple(shipped.term) == found.terms
        assert np.allclose(shipped.estimate, found.estimates[1], atol=1e-6)
        assert np.allclose(shipped.df, found.inference.df[1], rtol=1e-3, equal_nan=True)
    of = {count.figure: count.of for count in cell_counts(lacking)}
    assert of["US bias of cells"] == of["alignment of cells"] == 3 * 36 - 2
    assert of["US bias over all"] == 3
    assert permutation_count(lacking).of == 3
    merged = without_twins(lacking)
    assert merged.alignment[1, 2] == pytest.approx(drawn.alignment[1, 6])
    assert merged.usable.sum() == merged.usable.size - 1


@pytest.mark.slow
def test_studies_with_nearly_all_answers_alike_are_counted() -> None:
    drawn = simulate(World(skew=4.5, topics=8, responses=20), 6, rounds=40, seed=1)
    assert not drawn.usable.all()
    within = next(slope_counts("within", drawn))
    assert 0 < within.of <= 18
    counts = {count.figure: count for count in cell_counts(drawn)}
    assert counts["alignment of cells"].of == drawn.usable.sum()


@pytest.mark.slow
def test_levels_are_compared_with_those_of_their_own_languages() -> None:
    drawn = simulate(World(languages=12, sd_language=0.3), 2, rounds=40, seed=1)
    levels = infer_slopes(drawn, WITHIN).of("language[").estimates
    truth = drawn.of_each("language_level")
    assert np.corrcoef(levels.ravel(), truth.ravel())[0, 1] > 0.8


@pytest.mark.slow
def test_valid_keeps_near_its_level_and_the_published_analysis_does_not() -> None:
    drawn = simulate(World(), 150, rounds=60, seed=6)
    for design in ("within", "within_given_consistency"):
        within, between, *_ = slope_counts(design, drawn)
        # three coefficients of 150 studies at 5 %: 10.5 % is over four standard errors away
        assert percent(within) < 10.5
        assert percent(between) < 13
    again = simulate(World(), 6, rounds=2, seed=7, paper_rounds=60)
    assert percent(paper_count(again)) > 40


@pytest.mark.slow
def test_intervals_of_cells_cover_near_their_level() -> None:
    for world in (World(), World(judge_error=0.1)):
        for count in cell_counts(simulate(world, 60, rounds=80, seed=9)):
            assert percent(count) > 88, count


@pytest.mark.slow
def test_errors_that_abler_models_have_in_common_are_not_taken_for_an_effect() -> None:
    world = World(families=1, per_family=20, capability_factor=0.15)
    drawn = simulate(world, 60, rounds=60, seed=8)
    within = next(slope_counts("within_pooled", drawn))
    # 42 % without the variance between models; five standard errors above 5 % are 19 %
    assert percent(within) < 17


@pytest.mark.slow
def test_two_names_of_one_model_are_noticed_and_no_other_pair() -> None:
    drawn = simulate(World(twins=1), 20, rounds=40, seed=3)
    noticed, others, *declared = twin_counts(drawn)
    assert percent(noticed) > 70
    assert percent(others) < 10
    assert [count.figure for count in declared] == [
        "within: slope, declared as one", "within_pooled: slope, declared as one",
    ]  # fmt: skip


@pytest.mark.slow
def test_a_slope_is_rated_by_what_covers_and_finds_it() -> None:
    drawn = simulate(replace(World(), slope=3.0), 10, rounds=40, seed=4)
    covers, finds = slope_counts("within_pooled", drawn)
    assert (covers.what, finds.what) == ("covers", "finds")
    assert finds.hits > 8
