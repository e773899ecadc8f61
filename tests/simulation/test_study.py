"""Studies are drawn as their world says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from culture_ray.simulation.study import _opinions, simulate_capability, simulate_study
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


def test_the_default_world_has_the_size_of_the_published_study() -> None:
    world = World()
    assert len(world.cells.model) == 3 * 3 * 4
    assert (world.topics, world.responses) == (32, 250)
    assert [level.max() for level in (world.cells.family, world.cells.language)] == [2, 3]


def test_self_consistency_differs_between_cells_as_much_as_the_world_says() -> None:
    world = replace(SMALL, families=100, topics=2, responses=1, sd_consistency_model=0.0)
    found = simulate_study(world, np.random.default_rng(1)).consistency
    assert found.mean() == pytest.approx(world.consistency, abs=0.01)
    assert found.std() == pytest.approx(world.sd_consistency_cell, rel=0.1)


def test_capability_differs_within_families_by_size_model_and_chance() -> None:
    world = replace(SMALL, families=400)
    capability, within, _ = simulate_capability(world, np.random.default_rng(1))
    sizes = np.array([-0.12, 0.0, 0.12])
    expected = sizes.var() + (0.04**2 + 0.02**2) * 2 / 3
    assert within.var() == pytest.approx(expected, rel=0.1)
    assert within.reshape(400, 3, 2).mean(axis=1) == pytest.approx(0)
    assert capability.mean() == pytest.approx(0.6, abs=0.08)


def _levels(**changes: float) -> np.ndarray:
    """True alignment of 60 families x 2 models x 2 languages that differ in nothing else."""
    world = World(
        families=60, per_family=2, languages=2, topics=2, responses=1, sd_family=0.0,
        sd_language=0.0, sd_model=0.0, sd_cell=0.0, sd_consistency_model=0.0,
        sd_consistency_cell=0.0, **changes,
    )  # fmt: skip
    return simulate_study(world, np.random.default_rng(1)).alignment.reshape(60, 2, 2)


def test_families_differ_by_language_only_where_the_world_says_so() -> None:
    assert _levels().std() == pytest.approx(0, abs=1e-9)
    apart = _levels(sd_family_language=0.05)
    assert apart.std() == pytest.approx(0.05, rel=0.2)
    np.testing.assert_allclose(apart[:, 0], apart[:, 1], atol=1e-9)


def test_the_first_family_has_the_level_of_its_language() -> None:
    world = World(
        topics=2, responses=1, slope=0.0, sd_model=0.0, sd_cell=0.0, sd_family=0.15,
        sd_consistency_model=0.0, sd_consistency_cell=0.0, level=0.4,
    )  # fmt: skip
    drawn = simulate_study(world, np.random.default_rng(3))
    first = drawn.alignment.reshape(3, 3, 4)[0]
    np.testing.assert_allclose(first, np.broadcast_to(drawn.language_level, (3, 4)), atol=1e-6)


@pytest.mark.parametrize("changes", [{"us_pull": 0.6}, {"capability_factor": 0.9, "us_pull": 0.1}])
def test_opinions_are_standard_normals_that_agree_with_both_populations(
    changes: dict[str, float],
) -> None:
    world = replace(SMALL, topics=20_000, **changes)
    rng = np.random.default_rng(1)
    agreement = np.linspace(0.2, 0.7, len(world.cells.model))
    capability = np.linspace(0.4, 0.8, len(agreement))
    capability[0] = -1.0  # far below all others: its weight is bounded
    native, us, opinion, with_us = _opinions(world, world.cells, agreement, capability, rng)
    assert opinion.std(axis=1) == pytest.approx(1, abs=0.03)
    for people, expected in ((native, agreement), (us, with_us)):
        found = [np.corrcoef(one, other)[0, 1] for one, other in zip(opinion, people, strict=True)]
        assert found == pytest.approx(expected, abs=0.03)
