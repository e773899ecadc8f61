"""The simulated studies are what they claim to be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from culture_ray.simulation.world import World
from tests.calibration.measured import alignments, consistencies
from tests.calibration.simulate import covariance, simulate


def _responses(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One cell's responses, topic and value each."""
    topic, value = np.nonzero(counts)
    times = counts[topic, value].astype(int)
    return np.repeat(topic, times), np.repeat(value, times)


def test_alignment_is_scipys_for_responses_drawn_as_often_as_their_topics() -> None:
    rng = np.random.default_rng(1)
    counts = rng.poisson(1.0, size=(3, 12, 5)).astype(float)
    population = rng.normal(size=(3, 12))
    weights = rng.multinomial(12, np.full(12, 1 / 12), size=4).astype(float)
    (found,) = alignments(counts, (population,), weights)
    for cell in range(3):
        for r in range(4):
            topic, value = _responses(counts[cell] * weights[r][:, None])
            expected = stats.spearmanr(value, population[cell][topic]).statistic
            assert found[cell, r] == pytest.approx(expected)


def test_self_consistency_is_the_correlation_over_pairs_of_different_responses() -> None:
    counts = np.random.default_rng(2).poisson(1.0, size=(2, 10, 5)).astype(float)
    for cell, found in enumerate(consistencies(counts)):
        topic, value = _responses(counts[cell])
        same = (topic[:, None] == topic[None, :]) & ~np.eye(len(topic), dtype=bool)
        first, second = np.nonzero(same)
        assert found == pytest.approx(stats.spearmanr(value[first], value[second]).statistic)


def test_a_round_whose_responses_are_all_alike_has_no_alignment_and_does_not_count() -> None:
    rng = np.random.default_rng(3)
    counts = np.zeros((2, 8, 5))
    counts[0] = rng.poisson(1.0, size=(8, 5))
    counts[1, :, 4], counts[1, 0] = 3.0, [3.0, 0, 0, 0, 0]
    weights = rng.multinomial(8, np.full(8, 1 / 8), size=40).astype(float)
    weights[:4] = [0, 2, 1, 1, 1, 1, 1, 1]
    (found,) = alignments(counts, (rng.normal(size=(2, 8)),), weights)
    alike = weights[:, 0] == 0
    assert alike[:4].all()
    assert np.isfinite(found[0]).all()
    assert np.array_equal(np.isnan(found[1]), alike)
    V = covariance(found, topics=8)
    assert V[0, 0] == pytest.approx(found[0].var(ddof=1) * 8 / 7)
    assert V[1, 1] == pytest.approx(found[1][~alike].var(ddof=1) * 8 / 7)
    found[1, np.flatnonzero(~alike)[:20]] = np.nan
    V = covariance(found, topics=8)
    assert np.isfinite(V[0, 0])
    assert np.isnan(V[1]).all()


@pytest.mark.slow
def test_many_topics_measure_the_truth() -> None:
    world = World(
        topics=2500,
        responses=60_000,
        sd_language=0,
        sd_family=0,
        sd_model=0,
        sd_cell=0,
        consistency_effect=0,
        languages=2,
    )
    drawn = simulate(world, 1, rounds=2, seed=3)
    assert drawn.alignment.mean() == pytest.approx(world.level, abs=0.01)
    assert drawn.consistency.mean() == pytest.approx(world.consistency, abs=0.04)
    for name in ("alignment", "us_minus_native", "consistency"):
        error = getattr(drawn, name) - drawn.of_each(name)
        assert np.abs(error).max() < 0.05


@pytest.mark.slow
def test_the_bootstrap_knows_the_spread_of_studies() -> None:
    world = World(
        sd_language=0,
        sd_family=0,
        sd_model=0,
        sd_cell=0,
        consistency_effect=0,
        sd_consistency_model=0,
        sd_consistency_cell=0,
    )
    drawn = simulate(world, 150, rounds=60, seed=4)
    spread = drawn.alignment.var(axis=0, ddof=1).mean()
    assert np.diagonal(drawn.V, axis1=1, axis2=2).mean() == pytest.approx(spread, rel=0.15)
    language = drawn.cells.language
    same = (language[:, None] == language[None, :]) & ~np.eye(len(language), dtype=bool)
    together = np.cov(drawn.alignment.T)[same].mean()
    assert together > 0.25 * spread
    assert drawn.V[:, same].mean() == pytest.approx(together, rel=0.25)
