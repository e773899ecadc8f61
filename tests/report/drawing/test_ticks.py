"""Ticks of axes: round numbers within the ends, evenly apart, each with a label of its own."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.report.drawing.ticks import named_ticks, round_ticks


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 12))
def test_ticks_are_few_round_and_told_apart(low: float, span: float, most: int) -> None:
    high = low + span
    if high - low < span / 2:  # too small a range for its distance from zero
        return
    ticks = round_ticks(low, high, most)
    assert len(ticks) <= most
    assert all(low - span * 1e-6 <= tick.place <= high + span * 1e-6 for tick in ticks)
    steps = {round((b.place - a.place) / span, 6) for a, b in pairwise(ticks)}
    assert len(steps) <= 1
    assert len({tick.label for tick in ticks}) == len(ticks)
    for tick in ticks:
        assert abs(float(tick.label.replace("−", "-")) - tick.place) <= span * 1e-6


@pytest.mark.parametrize(
    ("ends", "most", "labels"),
    [
        ((-0.06, 0.84), 4, ["0.00", "0.25", "0.50", "0.75"]),
        ((0, 1), 6, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ((-30, 30), 4, ["−20", "0", "20"]),
        ((2, 2), 4, ["2.00"]),
    ],
)
def test_labels_have_the_decimals_that_the_steps_need(
    ends: tuple[float, float], most: int, labels: list[str]
) -> None:
    assert [tick.label for tick in round_ticks(*ends, most)] == labels


def test_named_ticks_stand_one_apart() -> None:
    ticks = named_ticks(["a", "b"], ["m", ""], first=0.5)
    assert [(tick.place, tick.label, tick.model) for tick in ticks] == [
        (0.5, "a", "m"),
        (1.5, "b", ""),
    ]
