"""Studies are drawn as their world says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from culture_ray.simulation.study import simulate_study
from culture_ray.simulation.world import World

SMALL = World(families=2, per_family=3, languages=2, topics=12, responses=60)


def _means(world: World, seed: int = 1) -> np.ndarray:
    """Mean value polarity by cell and topic."""
    counts = simulate_study(world, np.random.default_rng(seed)).counts
    values = np.arange(counts.shape[-1])
    return np.asarray(counts @ values / np.maximum(counts.sum(-1), 1))


def test_every_cell_has_its_responses_and_thin_cells_have_fewer() -> None:
    world = replace(SMALL, thin_cells=2, thin_responses=20)
    counts = simulate_study(world, np.random.default_rng(1)).counts
    assert sorted(counts.sum((1, 2))) == [20, 20] + [60] * 10


def test_a_twin_answers_as_the_model_that_it_names() -> None:
    world = replace(SMALL, twins=1, responses=6000)
    means = _means(world).reshape(6, 2, 12)
    apart = [np.abs(means[0] - means[model]).mean() for model in range(1, 6)]
    assert apart[0] < 0.2 * min(apart[1:])


def test_topics_of_a_battery_are_answered_alike() -> None:
    world = replace(SMALL, topics=120, responses=6000, batteries=12)

    def between(share: float) -> float:
        of_battery = _means(replace(world, battery_share=share)).reshape(12, 12, 10).mean(-1)
        return float(of_battery.var(axis=1).mean())

    assert between(0.8) > 3 * between(0.0)


def test_skewed_answers_are_mostly_pro_and_a_judge_that_errs_sees_less_of_it() -> None:
    skewed = replace(SMALL, skew=2.0)
    even, pro, read = (_means(w).mean() for w in (SMALL, skewed, replace(skewed, judge_error=0.3)))
    assert even == pytest.approx(3, abs=0.6)
    assert pro > 4 > read


def test_a_leaning_judge_moves_models_towards_the_us() -> None:
    world = replace(SMALL, topics=400, responses=20_000, us_pull=0.0)

    def with_us(lean: float) -> float:
        drawn = simulate_study(replace(world, judge_lean=lean), np.random.default_rng(2))
        values = np.arange(drawn.counts.shape[-1])
        means = drawn.counts @ values / np.maximum(drawn.counts.sum(-1), 1)
        return float(np.corrcoef(means[0], drawn.us[0])[0, 1])

    assert with_us(0.3) > with_us(0.0) + 0.05
