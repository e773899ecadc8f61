"""One value per model and language, read off the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from culture_ray.report.cell_values import (
    alignment_with_speakers,
    further_protocols,
    own_countries,
    primary_rows,
    self_consistency,
    us_bias,
)
from culture_ray.report.content import ReportContent
from tests.report.synthetic.content import make_content, with_cells


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return make_content(topics=6, responses=4)


def test_us_bias_is_the_us_minus_the_mean_of_the_other_countries(content: ReportContent) -> None:
    rows = {
        (r["model"], r["language"], r["population"]): r["alignment"]
        for r in content.alignment.to_pylist()
    }
    for cell in us_bias(content):
        own = own_countries(content, cell.language)
        assert "US" not in own
        if cell.model == "fifty_percent":
            assert cell.value is None
            assert cell.reason == "every response has the same value polarity"
            continue
        values = [rows[cell.model, cell.language, c] for c in own]
        expected = rows[cell.model, cell.language, "US"] - sum(values) / len(values)
        assert cell.value == pytest.approx(expected, abs=1e-12)


def test_english_is_compared_with_its_other_countries(content: ReportContent) -> None:
    assert own_countries(content, "en") == ["AU", "CA", "GB", "KE", "NG", "NIR", "NZ", "SG"]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda r: r["population"] != "US", "does not compare with the US"),
        (lambda r: r["population"] != "DK", "no other country that speaks this language"),
    ],
)
def test_us_bias_without_its_populations_says_why(
    content: ReportContent, spoil: Callable[[dict[str, Any]], bool], reason: str
) -> None:
    kept = [r for r in content.alignment.to_pylist() if spoil(r)]
    fewer = replace(content, alignment=pa.Table.from_pylist(kept, schema=content.alignment.schema))
    danish = [c for c in us_bias(fewer) if (c.language, c.model) == ("da", "gpt_4o")]
    assert [(c.value, reason in c.reason) for c in danish] == [(None, True)]


def test_one_country_without_alignment_leaves_us_bias_undefined(content: ReportContent) -> None:
    rows = content.alignment.to_pylist()
    for row in rows:
        if row["population"] == "GB":
            row.update(alignment=None, reason="too few topics")
    table = pa.Table.from_pylist(rows, schema=content.alignment.schema)
    english = [c for c in us_bias(replace(content, alignment=table)) if c.language == "en"]
    models = [c for c in english if c.model == "gpt_4o"]
    assert [(c.value, c.reason) for c in models] == [(None, "too few topics")]


def test_intervals_come_from_the_runs_cells(content: ReportContent) -> None:
    full = with_cells(content)
    assert full.cells is not None
    rows = {(r["model"], r["language"]): r for r in full.cells.to_pylist()}
    read = {"alignment_language": alignment_with_speakers, "us_minus_native": us_bias,
            "self_consistency": self_consistency}  # fmt: skip
    for name, of in read.items():
        for plain, cell in zip(of(content), of(full), strict=True):
            row = rows[cell.model, cell.language]
            assert (cell.value, plain.low) == (plain.value, None)
            assert (cell.low, cell.high) == (row[f"{name}_ci_low"], row[f"{name}_ci_high"])
            assert cell.has_interval == (cell.value is not None)


def test_cells_come_in_the_runs_order_and_none_is_missing(content: ReportContent) -> None:
    order = [(m.name, x.code) for m in content.models for x in content.languages]
    for read in (alignment_with_speakers, us_bias, self_consistency):
        assert [(c.model, c.language) for c in read(content)] == order


def test_a_second_judge_stays_out_of_the_figures_and_is_named(content: ReportContent) -> None:
    table = content.alignment
    other = table.set_column(
        table.column_names.index("judge"), "judge", pa.array(["gpt_judge"] * table.num_rows)
    )
    both = replace(content, alignment=pa.concat_tables([table, other]))
    assert alignment_with_speakers(both) == alignment_with_speakers(content)
    assert len(primary_rows(both.alignment)) == table.num_rows
    assert further_protocols(both) == ["hypothetical_interviews (gpt_judge)"]
    assert further_protocols(content) == []
