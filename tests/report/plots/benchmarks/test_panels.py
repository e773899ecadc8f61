"""Panels of a benchmark's figure at the two widths of a figure."""

from __future__ import annotations

from culture_ray.report.drawing.sheet import ONE_COLUMN, PAGE_HEIGHT, TWO_COLUMNS
from culture_ray.report.plots.benchmarks.panels import (
    Rows,
    columns_at,
    first_panels,
    left_out,
    panels_at,
)

PANELS: dict[str, Rows] = {str(n): [{}] for n in range(15)}


def test_panels_stand_below_one_another_on_a_narrow_sheet() -> None:
    assert [columns_at(TWO_COLUMNS, count) for count in (1, 2, 12)] == [1, 2, 3]
    assert columns_at(ONE_COLUMN, 12) == 1


def test_a_narrow_sheet_has_the_first_panels_that_fit_on_a_page_and_a_wide_one_all() -> None:
    drawn = first_panels(PANELS)
    assert list(drawn) == [str(n) for n in range(12)]
    narrow = panels_at(ONE_COLUMN, drawn, 1.2)
    assert 3 <= len(narrow) < 12
    assert len(narrow) * 1.2 < PAGE_HEIGHT
    assert list(narrow) == list(drawn)[: len(narrow)]
    assert panels_at(TWO_COLUMNS, drawn, 1.2) == drawn
    assert len(panels_at(ONE_COLUMN, drawn, 20.0)) == 1


def test_panels_that_are_not_drawn_are_counted_in_words() -> None:
    drawn = first_panels(PANELS)
    shown = len(panels_at(ONE_COLUMN, drawn, 1.2))
    assert left_out(PANELS, drawn, 1.2) == (
        f" Narrow screens show the first {shown} of 12 panels."
        " 3 further panels are only in the table."
    )
    assert left_out(drawn, drawn, 0.1) == ""
