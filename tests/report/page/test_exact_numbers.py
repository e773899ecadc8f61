"""The page shows every number of the tables exactly, and a null with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from culture_ray.report.cell_values import (
    alignment_with_speakers,
    closeness,
    self_consistency,
    us_bias,
)
from culture_ray.report.coefficient_names import coefficient_name
from culture_ray.report.page.html import write_report
from tests.report.page.page_reader import Cell, Page, read_page
from tests.report.synthetic.run import SyntheticRun


@pytest.mark.parametrize("name", ["alignment", "consistency", "quality"])
def test_every_number_of_a_table_is_on_the_page_exactly(
    full: SyntheticRun, page: Page, name: str
) -> None:
    table: pa.Table = getattr(full.content, name)
    _same(page.tables[name], table)


def test_every_coefficient_is_on_the_page_exactly(full: SyntheticRun, page: Page) -> None:
    names = {x.code: x.name for x in full.content.languages}
    for key, regression in full.content.regressions.items():
        assert regression.table is not None
        _same(
            page.tables[f"regression-{key}"],
            regression.table,
            lambda row: coefficient_name(row["term"]).text(names),
        )


def test_a_term_of_a_regression_has_a_name_for_readers_on_the_page(
    full: SyntheticRun, page: Page
) -> None:
    shown = [row[0].text for row in page.tables["regression-multilingual"][1:]]
    assert "intercept for Danish" in shown and "capability within gemma" in shown
    assert not any("[" in text for text in shown)


def test_the_overview_holds_the_measures_of_every_model_and_language(
    full: SyntheticRun, page: Page
) -> None:
    content = full.content
    names = {x.name: x.code for x in content.languages}
    rows = {(r[0].text, names[r[1].text]): r[2:] for r in page.tables["overview"][1:]}
    measures = (
        alignment_with_speakers(content), us_bias(content), self_consistency(content),
        closeness(content),
    )  # fmt: skip
    assert all(len(row) == len(measures) for row in rows.values())
    for i, cells in enumerate(measures):
        for cell in cells:
            shown = rows[cell.model, cell.language][i]
            assert shown.value == (None if cell.value is None else repr(cell.value))
            ends = (repr(cell.low), repr(cell.high)) if cell.has_interval else None
            assert shown.interval == ends
            assert (shown.reason or "") == cell.reason


def test_every_topic_shows_each_distribution_beside_the_populations(
    full: SyntheticRun, page: Page
) -> None:
    content = full.content
    labels = {p.id: p.label for p in content.populations}
    own = {x.code: [p.id for p in content.populations if x.code in p.languages or p.id == "US"]
           for x in content.languages}  # fmt: skip
    truth = {(r["population"], r["topic"]): r for r in content.ground_truth.to_pylist()}
    seen = 0
    for row in content.distributions.to_pylist():
        language = next(x.name for x in content.languages if x.code == row["language"])
        panel = page.captions[f"{row['topic'].upper()} in {language}"]
        lines = {line[0].text.strip(): line for line in panel[1:]}
        line = lines[row["model"]]
        assert [c.value for c in line[2:]] == [
            repr(row[k]) for k in ("value_polarity", "used", "pro", "con", "neutral")
        ]
        for p in own[row["language"]]:
            assert lines[labels[p]][2].value == repr(truth[p, row["topic"]]["value_polarity"])
        seen += 1
    assert seen == content.distributions.num_rows


def test_a_null_is_an_en_dash_with_its_reason_and_never_nan(full: SyntheticRun, page: Page) -> None:
    nulls = [c for row in page.tables["alignment"][1:] for c in row if c.reason]
    undefined = full.content.alignment.column("alignment").null_count
    assert len(nulls) == 2 * undefined  # over responses and over topic means
    assert all(c.text.startswith("–") and c.value is None for c in nulls)
    assert {c.reason for c in nulls} == {"every response has the same value polarity"}
    assert not re.search(r">\s*(nan|None|null)\s*<", full.text, re.IGNORECASE)


def test_not_a_number_in_a_table_is_shown_as_null(full: SyntheticRun, tmp_path: Path) -> None:
    table = full.content.consistency
    values = [float("nan"), *table.column("self_consistency").to_pylist()[1:]]
    i = table.column_names.index("self_consistency")
    broken = table.set_column(i, table.schema.field(i), pa.array(values, pa.float64()))
    write_report(replace(full.content, consistency=broken), [], tmp_path / "r.html")
    cell = read_page((tmp_path / "r.html").read_text()).tables["consistency"][1][-1]
    assert cell.text.startswith("–") and cell.value is None


def test_columns_that_come_later_are_shown(full: SyntheticRun, tmp_path: Path) -> None:
    table = full.content.consistency
    more = pa.array([i / 7 for i in range(table.num_rows)])
    wider = table.append_column("ci_low", more)
    write_report(replace(full.content, consistency=wider), [], tmp_path / "r.html")
    page = read_page((tmp_path / "r.html").read_text())
    assert page.tables["consistency"][0][-1].text == "95 % lower"
    _same(page.tables["consistency"], wider)


def _first(row: dict[str, Any]) -> str:
    return str(next(iter(row.values())))


def _same(
    shown: list[list[Cell]], table: pa.Table, first: Callable[[dict[str, Any]], str] = _first
) -> None:
    """Check every number of `table` against the page's row in the same place."""
    heads = [c.text for c in shown[0]]
    assert len(shown) - 1 == table.num_rows
    for line, row in zip(shown[1:], table.to_pylist(), strict=True):
        numbers = {k: v for k, v in row.items() if isinstance(v, int | float)}
        found = [c.value for c in line if c.value is not None]
        assert found == [repr(v) for v in numbers.values()], (heads, row)
        assert [c.text for c in line[:1]] == [first(row)]
