"""The map shows its ellipses whole."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from culture_ray.report.plots.culture_map import _limits

NUMBERS = st.floats(-50, 50)
ROWS = st.fixed_dictionaries(
    {
        "x": NUMBERS,
        "y": NUMBERS,
        "major": st.floats(0.1, 40),
        "minor": st.floats(0.1, 40),
        "angle": st.floats(-180, 180),
    }
)


@given(st.lists(ROWS, min_size=1, max_size=6))
def test_every_ellipse_lies_within_the_axes(rows: list[dict[str, float]]) -> None:
    (left, right), (bottom, top) = _limits(rows, rows)
    for row in rows:
        turn = math.radians(row["angle"])
        for step in range(24):
            around = 2 * math.pi * step / 24
            a, b = row["major"] * math.cos(around), row["minor"] * math.sin(around)
            x = row["x"] + a * math.cos(turn) - b * math.sin(turn)
            y = row["y"] + a * math.sin(turn) + b * math.cos(turn)
            assert left <= x <= right and bottom <= y <= top
