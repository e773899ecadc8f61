"""Notes on the page about what a run lacks, has lost or leaves out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from culture_ray.report.page.html import write_report
from culture_ray.report.study import ReportModel
from tests.report.page.page_reader import read_page
from tests.report.synthetic.run import SyntheticRun


def test_counts_that_are_zero_everywhere_are_named_and_have_no_column(
    full: SyntheticRun, tmp_path: Path
) -> None:
    rows = [row | {"failed": 0, "empty": 0} for row in full.content.quality.to_pylist()]
    for protocol, words in (
        ("hypothetical_interviews", "Zero in every row: failed, empty."),
        ("imported", "Not known for responses that were elicited elsewhere"),
    ):
        told = [row | {"protocol": protocol} for row in rows]
        table = pa.Table.from_pylist(told, schema=full.content.quality.schema)
        write_report(replace(full.content, quality=table), [], tmp_path / "r.html")
        text = (tmp_path / "r.html").read_text()
        heads = [cell.text for cell in read_page(text).tables["quality"][0]]
        assert words in text and "failed" not in heads and "refusals" in heads


def test_what_only_some_runs_have_is_absent_without_its_data(weak: SyntheticRun) -> None:
    for name in ("timeline", "spending", "judge_confusion", "people_correlations", "residuals"):
        assert f'id="figure-{name}' not in weak.text
    assert "Resources used" not in weak.text and 'id="usage"' not in weak.text


def test_a_regression_that_was_not_made_is_a_sentence(weak: SyntheticRun) -> None:
    missing = weak.content.regressions["multilingual"].missing
    assert weak.text.count(f'<p class="missing">{missing}</p>') == 1
    assert weak.text.count(missing) == 2  # among the findings, and with the regressions


def test_a_lost_request_is_told_prominently(full: SyntheticRun, tmp_path: Path) -> None:
    rows = full.content.quality.to_pylist()
    rows[0]["rows"] -= 1
    rows[1]["rows"] += 1
    lost = pa.Table.from_pylist(rows, schema=full.content.quality.schema)
    write_report(replace(full.content, quality=lost), [], tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text()
    assert "gemma_2_2b in da (hypothetical_interviews): 1 of 192 requests have no row yet" in text
    assert "192 requests but 193 rows" in text
    assert "the number of rows equals the number of requests" not in text
    assert "the number of rows equals the number of requests" in full.text


def test_outcomes_that_do_not_add_up_are_told(full: SyntheticRun, tmp_path: Path) -> None:
    rows = full.content.quality.to_pylist()
    rows[3]["used"] += 1
    rows[4]["used"] -= 2
    twice = pa.Table.from_pylist(rows, schema=full.content.quality.schema)
    write_report(replace(full.content, quality=twice), [], tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text()
    assert "193 outcomes for 192 requests" in text
    assert "2 of 192 responses have no label from " in text


def test_examples_that_are_left_out_are_counted(full: SyntheticRun, tmp_path: Path) -> None:
    write_report(full.content, [], tmp_path / "r.html", examples_per_topic=3)
    text = (tmp_path / "r.html").read_text()
    assert text.count('<article class="example"') == 3 * len(full.content.topics)
    assert "5 more examples of this topic are not shown here" in text


def test_models_without_terms_are_named_too(full: SyntheticRun, tmp_path: Path) -> None:
    models = (*full.content.models, ReportModel("unlicensed", "x"))
    write_report(replace(full.content, models=models), [], tmp_path / "r.html")
    assert "terms not stated in its configuration" in (tmp_path / "r.html").read_text()


def test_figures_that_cannot_be_drawn_are_listed_once_after_the_others(weak: SyntheticRun) -> None:
    absent = [f for f in weak.figures if f.missing and f.section == "figures"]
    assert absent
    at = weak.text.index("Not drawn in this run")
    for figure in absent:
        assert weak.text.count(f'<li id="figure-{figure.name}">') == 1
        assert weak.text.index(f'<li id="figure-{figure.name}">') > at
    drawn = [f for f in weak.figures if not f.missing and f.section == "figures"]
    assert all(weak.text.index(f'<figure id="figure-{f.name}">') < at for f in drawn)
