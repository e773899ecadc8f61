"""Sentences on cells: intervals are counted where there are some, else ranges are told."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture_ray.report.cell_values import alignment_with_speakers, us_bias
from culture_ray.report.content import ReportContent
from culture_ray.report.findings.findings import findings
from culture_ray.report.formatting import Number
from culture_ray.tables import (
    SIMULTANEOUS,
)
from tests.report.findings.sentences import said
from tests.report.synthetic.content import make_content, with_cells


def test_without_intervals_nothing_is_called_established(content: ReportContent) -> None:
    assert "does not rank the models" in said(content, "alignment")
    assert "none of these signs is established" in said(content, "us_bias")
    assert "lie entirely above zero" not in said(content, "alignment")


def test_with_intervals_only_those_that_leave_out_zero_count(content: ReportContent) -> None:
    with_intervals = with_cells(content)
    studied = {m.name for m in content.studied}
    cells = [c for c in alignment_with_speakers(with_intervals) if c.model in studied]
    above = sum(1 for c in cells if c.low is not None and c.low > 0)
    words = said(with_intervals, "alignment")
    assert f"above zero for {above} of the {len(cells)} combinations of model and language" in words
    assert 0 < above < len(cells)


def test_us_bias_with_intervals_counts_both_directions(content: ReportContent) -> None:
    full = with_cells(content)
    assert full.cells is not None
    rows = full.cells.to_pylist()
    for i, row in enumerate(rows):
        middle = {0: 0.5, 1: -0.5}.get(i, 0.0)
        row.update(us_minus_native_ci_low=middle - 0.1, us_minus_native_ci_high=middle + 0.1)
    words = said(replace(full, cells=pa.Table.from_pylist(rows)), "us_bias")
    assert "of the 16 combinations of model and language, 1 is closer to the US" in words
    assert "1 is closer to those countries" in words


def test_cells_are_picked_by_intervals_that_hold_for_all_at_once(content: ReportContent) -> None:
    full = with_cells(content)
    assert full.cells is not None
    cells = full.cells.to_pylist()
    for i, row in enumerate(cells):
        middle = 0.5 if i < 2 else 0.0
        row.update(us_minus_native_ci_low=middle - 0.1, us_minus_native_ci_high=middle + 0.1)
    studied = {m.name for m in content.studied}
    rows = [
        {"figure": "us_minus_native", "model": row["model"], "language": row["language"],
         "estimate": 0.0, "ci_low": 0.4, "ci_high": 0.6,
         "simultaneous_ci_low": 0.3 if i == 0 else -0.1, "simultaneous_ci_high": 0.7,
         "p_value": 0.01, "p_holm": 0.1, "figures": 16}
        for i, row in enumerate(cells)
        if row["model"] in studied
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=SIMULTANEOUS)
    seen = replace(full, cells=pa.Table.from_pylist(cells), simultaneous=table)
    words = said(seen, "us_bias")
    assert "16 combinations of model and language, 1 is closer to the US" in words
    assert "the simultaneous 95 % intervals include zero" in words
    assert "2 are closer to the US" in said(replace(seen, simultaneous=None), "us_bias")


def test_closeness_is_told_where_it_is_measured(content: ReportContent) -> None:
    assert said(content, "closeness") == ""
    words = said(with_cells(content), "closeness")
    assert words.startswith("Closeness to the speakers' averages")
    assert "ranges from" in words


def test_self_consistency_without_an_interval_says_that_topics_are_few(
    content: ReportContent,
) -> None:
    whole = with_cells(content)
    assert whole.cells is not None and "fewer than 16" not in said(whole, "consistency")
    ends = ("self_consistency_ci_low", "self_consistency_ci_high")
    rows = [row | dict.fromkeys(ends) for row in whole.cells.to_pylist()]
    few = replace(whole, cells=pa.Table.from_pylist(rows, schema=whole.cells.schema))
    assert "No interval is given for fewer than 16 topics." in said(few, "consistency")


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_every_range_ends_at_a_figure_of_the_tables(seed: int) -> None:
    content = make_content(seed, topics=3, responses=3)
    known = {c.value for c in [*alignment_with_speakers(content), *us_bias(content)]}
    for finding in findings(content):
        if finding.about not in ("alignment", "us_bias"):
            continue
        for part in finding.sentence:
            if isinstance(part, Number) and isinstance(part.value, float):
                assert part.value in known


def test_equal_figures_without_intervals_are_told_once(content: ReportContent) -> None:
    table = content.consistency
    place = table.column_names.index("self_consistency")
    field = table.schema.field(place)
    ones = pa.array([1.0] * table.num_rows, field.type)
    words = said(replace(content, consistency=table.set_column(place, field, ones)), "consistency")
    assert "Self-consistency is 1.00 for all 16 combinations of model and language." in words
    assert "ranges from" not in words
