"""Allocations have the probabilities that they state, and margins as even as they can be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.measures.labelled.allocation import (
    expected_in_cells,
    rounded_with_margins,
    rounded_with_total,
)

SIZES = st.lists(st.integers(0, 40), min_size=1, max_size=9).map(lambda x: np.array(x, float))
SEEDS = st.integers(0, 2**32)


@given(SIZES, st.integers(0, 200))
def test_cells_have_equal_numbers_as_far_as_they_have_responses(sizes: np.ndarray, n: int) -> None:
    found = expected_in_cells(sizes, n)
    assert found.sum() == pytest.approx(min(n, sizes.sum()))
    assert (found <= sizes + 1e-9).all()
    short = found < sizes - 1e-9
    assert found[short] == pytest.approx(found.max(initial=0.0))


@given(SIZES, st.integers(0, 200), SEEDS)
def test_cells_are_rounded_up_or_down_and_keep_their_total(
    sizes: np.ndarray, n: int, seed: int
) -> None:
    expected = expected_in_cells(sizes, n)
    found = rounded_with_total(expected, np.random.default_rng(seed))
    assert found.sum() == min(n, sizes.sum())
    assert (np.abs(found - expected) < 1).all()


@given(st.integers(1, 6), st.integers(1, 7), SEEDS)
def test_entries_and_margins_are_rounded_up_or_down(rows: int, columns: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    expected = generator.random((rows, columns)) * generator.integers(1, 4)
    found = rounded_with_margins(expected, generator)
    for axis in (None, 0, 1):
        exact, whole = (table if axis is None else table.sum(axis) for table in (expected, found))
        assert (np.abs(whole - exact) < 1 + 1e-6).all()


def test_rounding_keeps_expectations() -> None:
    generator = np.random.default_rng(1)
    expected = np.array([[0.2, 0.5, 0.3], [0.9, 0.4, 0.7], [1.5, 0.25, 0.25]])
    studies = 1000
    mean = sum(rounded_with_margins(expected, generator) for _ in range(studies)) / studies
    # Standard errors are at most .016.
    assert mean == pytest.approx(expected, abs=0.07)
    cells = np.array([2.4, 0.35, 1.25])
    totals = sum(rounded_with_total(cells, generator) for _ in range(studies)) / studies
    assert totals == pytest.approx(cells, abs=0.07)
