"""Ranks, and the range of ranks that the topics leave open."""

from __future__ import annotations

import numpy as np
import pytest

from culture_ray.measures.rank_ranges import rank_ranges


def rounds(values: list[float], error: float, together: bool = False) -> np.ndarray:
    """Return 400 draws around the values, with the same or with separate errors."""
    rng = np.random.default_rng(1)
    size = (400, 1) if together else (400, len(values))
    return np.array(values) + error * rng.normal(size=size)


def test_ranks_that_cannot_be_told_apart_share_their_range() -> None:
    values = [0.9, 0.5, 0.48]
    found = rank_ranges(np.array(values), rounds(values, 0.03), 30)
    assert found.rank.tolist() == [1, 2, 3]
    assert found.low.tolist() == [1, 2, 2]
    assert found.high.tolist() == [1, 3, 3]


def test_errors_that_all_share_do_not_blur_the_ranks() -> None:
    values = [0.6, 0.5, 0.4]
    apart = rank_ranges(np.array(values), rounds(values, 0.2), 30)
    assert apart.low.tolist() == [1, 1, 1] and apart.high.tolist() == [3, 3, 3]
    jitter = np.random.default_rng(2).normal(size=(400, 3)) * 1e-3
    shared = rank_ranges(np.array(values), rounds(values, 0.2, together=True) + jitter, 30)
    assert shared.low.tolist() == shared.high.tolist() == [1, 2, 3]


@pytest.mark.slow
def test_the_true_rank_is_in_its_range_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    truth = np.array([0.6, 0.55, 0.5, 0.5, 0.3])
    held = 0
    for _ in range(200):
        seen = truth + 0.05 * rng.normal(size=5)
        found = rank_ranges(seen, seen + 0.05 * rng.normal(size=(200, 5)), 500)
        best = 1 + (truth > truth[:, None]).sum(axis=1)
        worst = (truth >= truth[:, None]).sum(axis=1)
        held += bool(((found.low <= best) & (found.high >= worst)).all())
    assert held >= 0.93 * 200


def test_a_figure_without_a_value_has_no_rank_and_a_single_one_is_first() -> None:
    values = np.array([np.nan, 0.4])
    found = rank_ranges(values, np.column_stack([np.full(9, np.nan), np.full(9, 0.4)]), 30)
    assert (found.rank.tolist(), found.low.tolist()) == ([0, 1], [0, 1])


def test_with_too_few_topics_there_are_ranks_but_no_ranges() -> None:
    values = [0.9, 0.1]
    found = rank_ranges(np.array(values), rounds(values, 0.01), 3)
    assert found.rank.tolist() == [1, 2] and found.low.tolist() == [0, 0]
