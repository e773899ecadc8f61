"""Half-widths shrink with labels down to the error of topics, and numbers of labels match them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from culture_ray.measures.labelled.half_widths import LabelDesign, Mean


def design(cells: int = 4, topics: float = 32, one_label: float = 0.25) -> LabelDesign:
    single = [Mean([cell], 0.06) for cell in range(cells)]
    return LabelDesign(
        responses=np.full(cells, 250.0),
        topics=np.full(cells, topics),
        one_label=np.full(cells, one_label),
        means={"one cell": single, "all cells": [Mean(range(cells), 0.04)]},
    )


def test_half_widths_are_those_of_the_sum_of_both_errors() -> None:
    found = design().half_widths(400)
    t = stats.t.ppf(0.975, 31)
    left = 0.25 * (1 / 100 - 1 / 250)
    assert found["one cell"] == pytest.approx(t * np.sqrt(0.06**2 + left))
    assert found["all cells"] == pytest.approx(t * np.sqrt(0.04**2 + left / 4))
    assert design().half_widths(1000)["one cell"] == pytest.approx(t * 0.06)
    assert design().half_widths(0)["one cell"] == np.inf


@given(st.floats(0.05, 0.6), st.integers(1, 6))
def test_the_number_needed_is_the_smallest_that_suffices(half_width: float, cells: int) -> None:
    of = design(cells)
    for scope, number in of.needed(half_width).items():
        if number is None:
            assert of.half_widths(250 * cells)[scope] > half_width
            continue
        assert of.half_widths(number)[scope] <= half_width
        assert of.half_widths(number - 1)[scope] > half_width
