"""Calibration runs the code that ships, and gross departures from its level are caught at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from culture_ray.regression.designs import WITHIN, WITHIN_GIVEN_CONSISTENCY
from culture_ray.regression.valid import Options, regress
from culture_ray.simulation.world import World
from tests.calibration.rates import Count, cell_counts, paper_count, slope_counts, twin_counts
from tests.calibration.regressions import infer_slopes, tables
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
