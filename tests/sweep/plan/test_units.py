"""Slices cut a table into units without a gap, an overlap, or one much smaller than the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.sweep.plan.units import slices


@given(st.integers(0, 5000), st.integers(1, 600))
def test_slices_cover_every_row_once_in_order_and_evenly(total: int, size: int) -> None:
    cuts = slices(total, size)
    assert [row for start, length in cuts for row in range(start, start + length)] == list(
        range(total)
    )
    lengths = [length for _, length in cuts]
    assert all(1 <= length <= size for length in lengths)
    assert max(lengths, default=0) - min(lengths, default=0) <= 1
    assert len(cuts) == -(-total // size)


@pytest.mark.parametrize(
    ("total", "size", "expected"),
    [(0, 8, []), (8, 8, [(0, 8)]), (9, 8, [(0, 5), (5, 4)]), (3, 1, [(0, 1), (1, 1), (2, 1)])],
)
def test_slices_by_example(total: int, size: int, expected: list[tuple[int, int]]) -> None:
    assert slices(total, size) == expected
