"""Small cells are merged upward, and every description fits exactly its people."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.survey.microdata.merging import cell_sizes, merged_levels

people = st.lists(st.tuples(*[st.integers(-1, 2)] * 3), min_size=1, max_size=60)


def keys_of(rows: list[tuple[int, ...]]) -> list[np.ndarray]:
    return [np.array(key, dtype=np.int64) for key in zip(*rows, strict=True)]


@given(people, st.integers(1, 12))
def test_no_cell_is_small_and_each_holds_all_who_fit_its_description(
    rows: list[tuple[int, ...]], smallest: int
) -> None:
    level = merged_levels(keys_of(rows), smallest)
    cells = Counter(row[:depth] for row, depth in zip(rows, level, strict=True) if depth)
    described = [row for row in rows if -1 not in row]
    for cell, size in cells.items():
        assert size >= smallest
        assert size == sum(row[: len(cell)] == cell for row in described)


@given(people, st.integers(1, 12))
def test_who_has_a_category_of_everything_is_left_out_only_with_a_small_country(
    rows: list[tuple[int, ...]], smallest: int
) -> None:
    level = merged_levels(keys_of(rows), smallest)
    of_country = Counter(row[0] for row in rows if -1 not in row)
    for row, depth in zip(rows, level, strict=True):
        assert (depth > 0) == (-1 not in row and of_country[row[0]] >= smallest)


def test_only_the_parents_of_small_cells_are_merged() -> None:
    rows = [(0, 0, 0)] * 3 + [(0, 0, 1)] + [(0, 1, 0)] * 3 + [(0, 1, 1)] * 3
    assert merged_levels(keys_of(rows), 2).tolist() == [2] * 4 + [3] * 6
    assert cell_sizes(keys_of(rows)).tolist() == [3] * 3 + [1] + [3] * 6
