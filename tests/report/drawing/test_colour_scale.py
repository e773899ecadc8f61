"""Colours of heatmaps: the ends' own, steady in between, and no farther."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from culture_ray.report.drawing.colour_scale import ColourScale

GREY = ColourScale(("#000000", "#ffffff"), -2.0, 2.0)
THREE = ColourScale(("#ff0000", "#000000", "#0000ff"), 0.0, 1.0)


def test_ends_and_middle_have_their_colours() -> None:
    assert [GREY(value) for value in (-2, 0, 2, -9, 9)] == [
        "#000000", "#808080", "#ffffff", "#000000", "#ffffff",
    ]  # fmt: skip
    assert [THREE(value) for value in (0, 1)] == ["#ff0000", "#0000ff"]
    assert THREE(0.75)[:5] == "#0000"


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_a_larger_value_is_never_darker(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert int(GREY(low)[1:3], 16) <= int(GREY(high)[1:3], 16)
