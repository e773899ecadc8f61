from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from culture_ray.measures.answer_distances import (
    DISTANCES,
    SIMILARITIES,
    farthest,
    jensen_shannon,
    mean_similarity,
    moments,
    positions,
    total_variation,
    wasserstein,
)
from culture_ray.measures.result import FloatArray, InvalidMeasureInput


@st.composite
def pairs(draw: st.DrawFn) -> tuple[FloatArray, FloatArray]:
    """Return two distributions over the answers of one scale, some answers without weight."""
    answers = draw(st.integers(2, 11))
    weights = st.lists(st.integers(0, 9), min_size=answers, max_size=answers).filter(sum)
    one, other = (np.array(draw(weights), dtype=np.float64) for _ in range(2))
    return one / one.sum(), other / other.sum()


@given(pairs())
def test_distances_equal_those_of_scipy(pair: tuple[FloatArray, FloatArray]) -> None:
    p, q = pair
    x = positions(len(p))
    assert wasserstein(p, q) == pytest.approx(wasserstein_distance(x, x, p, q), abs=1e-12)
    assert jensen_shannon(p, q) == pytest.approx(float(jensenshannon(p, q, base=2)), abs=1e-7)
    assert total_variation(p, q) == pytest.approx(np.abs(p - q).sum() / 2, abs=1e-12)


@given(pairs())
def test_measures_are_symmetric_in_range_and_best_for_equal_answers(
    pair: tuple[FloatArray, FloatArray],
) -> None:
    p, q = pair
    for name, distance in DISTANCES.items():
        best = 1.0 if name in SIMILARITIES else 0.0
        assert distance(p, p) == pytest.approx(best, abs=1e-12)
        assert distance(p, q) == pytest.approx(distance(q, p), abs=1e-12)
        assert -1e-12 <= distance(p, q) <= 1 + 1e-12


@given(pairs())
def test_no_answers_are_farther_than_the_ceiling(pair: tuple[FloatArray, FloatArray]) -> None:
    p, q = pair
    for name, distance in DISTANCES.items():
        gap = distance(p, q) - farthest(name, q)
        assert (gap >= -1e-12) if name in SIMILARITIES else (gap <= 1e-12)


@given(pairs())
def test_the_means_are_never_farther_apart_than_the_answers(
    pair: tuple[FloatArray, FloatArray],
) -> None:
    p, q = pair
    assert 1 - mean_similarity(p, q) <= wasserstein(p, q) + 1e-12


def test_the_order_of_answers_matters_to_wasserstein_alone() -> None:
    low, near, far = np.eye(5)[[0, 1, 4]]
    assert wasserstein(low, near) == pytest.approx(0.25)
    assert wasserstein(low, far) == pytest.approx(1.0)
    assert total_variation(low, near) == total_variation(low, far) == 1.0


def test_moments_are_on_the_scale_from_0_to_1() -> None:
    assert moments(np.array([0.5, 0.0, 0.5])) == (0.5, 0.25)
    with pytest.raises(InvalidMeasureInput, match="a scale of 1 answers"):
        positions(1)
