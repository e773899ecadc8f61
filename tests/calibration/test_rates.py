"""What is calibrated is what ships, and gross departures from its level are caught at once."""

from __future__ import annotations

import numpy as np
import pytest

from culture_ray.regression.designs import WITHIN, WITHIN_GIVEN_CONSISTENCY, WITHIN_POOLED
from culture_ray.regression.valid import Options, regress
from tests.calibration.rates import paper_rates, tables, valid, valid_rates
from tests.calibration.simulate import World, simulate


@pytest.mark.slow
def test_all_studies_at_once_are_inferred_as_the_shipped_regression_does() -> None:
    drawn = simulate(World(), 4, rounds=80, seed=5)
    swift = Options(permutations=0, without_models=0)
    for design in (WITHIN, WITHIN_GIVEN_CONSISTENCY):
        terms, estimates, known = valid(drawn, design)
        for i, table in enumerate(tables(drawn)):
            shipped = regress(table, design, drawn.V[i], swift, topics=drawn.topics).table()
            assert tuple(shipped.term) == terms
            assert np.allclose(shipped.estimate, estimates[i], atol=1e-6)
            assert np.allclose(shipped.std_error, known.std_error[i], rtol=1e-4)
            assert np.allclose(shipped.df, known.df[i], rtol=1e-3)


@pytest.mark.slow
def test_valid_keeps_near_its_level_and_the_published_analysis_does_not() -> None:
    drawn = simulate(World(), 150, rounds=60, seed=6)
    for design in (WITHIN, WITHIN_GIVEN_CONSISTENCY):
        within, between = valid_rates("null", design, drawn, 0.0, levels=False)
        # three coefficients of 150 studies at 5 %: 10.5 % is over four standard errors away
        assert within.percent < 10.5
        assert between.percent < 13
    again = simulate(World(), 6, rounds=2, seed=7, paper_rounds=60)
    (published,) = paper_rates("null", again, 0.0)
    assert published.percent > 40


@pytest.mark.slow
def test_errors_that_abler_models_have_in_common_are_not_taken_for_an_effect() -> None:
    world = World(families=1, per_family=20, capability_factor=0.15)
    drawn = simulate(world, 60, rounds=60, seed=8)
    (within,) = valid_rates("resemblance", WITHIN_POOLED, drawn, 0.0, levels=False)
    # 42 % without the variance between models; five standard errors above 5 % are 19 %
    assert within.percent < 17
