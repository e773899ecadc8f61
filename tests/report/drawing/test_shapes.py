"""Shapes of drawings: hatching stays in its box, ellipses and markers have their size."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.report.drawing.markers import is_stroked, marker_look, outline
from culture_ray.report.drawing.palette import INK, PAPER
from culture_ray.report.drawing.shapes import hatching, oval

NUMBERS = st.floats(-500, 500)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_hatching_is_diagonal_and_stays_in_its_box(
    x0: float, y0: float, x1: float, y1: float
) -> None:
    steps = hatching(x0, y0, x1, y1)
    for (_, (ax, ay)), (_, (bx, by)) in zip(steps[::2], steps[1::2], strict=True):
        assert math.isclose(ax + ay, bx + by, abs_tol=1e-6)
        for x, y in ((ax, ay), (bx, by)):
            assert min(x0, x1) - 1e-6 <= x <= max(x0, x1) + 1e-6
            assert min(y0, y1) - 1e-6 <= y <= max(y0, y1) + 1e-6


def test_a_large_box_is_hatched_and_lines_are_the_gap_apart() -> None:
    steps = hatching(0, 0, 30, 30, gap=3)
    sums = sorted({round(x + y, 6) for _, (x, y) in steps})
    assert len(sums) == math.floor(60 / (3 * math.sqrt(2))) + 1
    assert all(math.isclose(b - a, 3 * math.sqrt(2), abs_tol=1e-5)
               for a, b in pairwise(sums))  # fmt: skip


def test_an_ellipse_goes_through_the_ends_of_its_diameters() -> None:
    ends = [at[-2:] for _, at in oval(1, 2, (3, 0), (0, 1)) if at]
    assert ends == [(4, 2), (1, 3), (-2, 2), (1, 1), (4, 2)]


@pytest.mark.parametrize("marker", "osD^vPXp<>x+*1234")
def test_a_marker_is_about_one_unit_wide(marker: str) -> None:
    numbers = [number for _, at in outline(marker) for number in at]
    assert 0.4 <= max(map(abs, numbers)) <= 0.62
    look = marker_look(marker, INK, PAPER)
    assert look.stroke == INK and (look.fill == "") == is_stroked(marker)
