"""The page says what the tables say, needs nothing else, and can be read by everyone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from culture_ray.errors import DiskProblem
from culture_ray.report.cell_values import (
    alignment_with_speakers,
    closeness,
    self_consistency,
    us_bias,
)
from culture_ray.report.coefficient_names import coefficient_name
from culture_ray.report.findings.headline import headline
from culture_ray.report.page.html import write_report
from culture_ray.report.plots.figures import write_figures
from culture_ray.report.study import ReportModel
from tests.report.page.page_reader import Cell, Page, read_page
from tests.report.synthetic.run import SyntheticRun, paper_sized_content


@pytest.fixture(scope="module")
def page(full: SyntheticRun) -> Page:
    return read_page(full.text)


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


def test_text_of_models_cannot_become_markup(full: SyntheticRun) -> None:
    assert "<script>alert(1)" not in full.text
    assert "&lt;script&gt;alert(1)" in full.text
    assert "&lt;b&gt;List&lt;/b&gt;" in full.text


def test_text_of_models_cannot_reorder_or_hide_what_is_around_it(full: SyntheticRun) -> None:
    assert not set("\u202e\u2066\x1b\x9b") & set(full.text)
    assert r"over \u202e\u2066\x1b[2J\x9bridden" in full.text
    assert "with a mark\u200f" in full.text
    assert '<blockquote dir="auto"' in full.text


def test_the_page_needs_no_network_and_no_second_file(full: SyntheticRun, page: Page) -> None:
    outside = [x for x in page.links if not x.startswith(("#", "data:"))]
    assert outside == []
    assert "default-src 'none'" in full.text
    assert not re.search(r"@import|url\((?!#)", full.text)


def test_links_and_ids_fit_together(page: Page) -> None:
    assert sorted(set(page.ids)) == sorted(page.ids)
    targets = {x[1:] for x in page.links if x.startswith("#")}
    assert targets <= set(page.ids)
    assert page.unclosed == []


def test_every_heading_of_a_table_says_what_it_heads(page: Page) -> None:
    assert page.heads and all(h.get("scope") in ("col", "row") for h in page.heads)


def test_every_figure_has_a_description_and_numbers_stay_in_tables(full: SyntheticRun) -> None:
    drawn = [f for f in full.figures if not f.missing]
    labels = re.findall(r'<svg viewBox="[^"]+" role="img" aria-label="([^"]+)"', full.text)
    assert len(labels) == sum(1 + bool(f.svg_narrow) for f in drawn)
    assert all(len(label) > 30 for label in labels)


def test_figures_stand_in_the_section_that_they_are_about(full: SyntheticRun) -> None:
    begins = [(m.start(), m.group(1)) for m in re.finditer(r'<section id="(\w+)"', full.text)]
    expected = {"timeline": "run", "spending": "run", "judge_confusion": "judges",
                "people_correlations": "figures", "alignment": "figures",
                "residuals_multilingual": "regressions",
                "coefficients_us_bias": "regressions"}  # fmt: skip
    for name, section in expected.items():
        at = full.text.index(f'<figure id="figure-{name}">')
        assert [s for begin, s in begins if begin < at][-1] == section, name


def test_what_only_some_runs_have_is_absent_without_its_data(weak: SyntheticRun) -> None:
    for name in ("timeline", "spending", "judge_confusion", "people_correlations", "residuals"):
        assert f'id="figure-{name}' not in weak.text
    assert "Resources used" not in weak.text and 'id="usage"' not in weak.text


def test_the_first_screen_answers_the_question_and_shows_leaderboard_map_and_gaps(
    full: SyntheticRun, page: Page
) -> None:
    answer = full.text[full.text.index('<section id="answer">') :].split("</section>")[0]
    assert "Do language models hold the views of the people whose language they speak?" in answer
    assert headline(full.content).verdict in answer
    assert 'id="figure-culture_map"' in answer and 'id="leaders"' in answer
    leaders = page.tables["leaders"][1:]
    assert {row[0].text for row in leaders} == {m.name for m in full.content.studied}
    assert full.content.leaderboard is not None
    ranks = [int(row[1].value or 0) for row in leaders]
    assert ranks == sorted(ranks) == [1, 2, 3, 4]
    assert (
        "Farther right: more agreement on" in answer
        and "For comparison, the answers of any two countries" in answer
    )
    gaps = full.text[full.text.index('<section id="gaps">') :].split("</section>")[0]
    assert gaps.count("“Described people favour it.”") == 10
    assert gaps.count("<li>") == 10 and gaps.count('class="strip gap"') == 10


def test_a_percent_sign_stays_with_its_number(full: SyntheticRun) -> None:
    gaps = full.text[full.text.index('<section id="gaps">') :].split("</section>")[0]
    sentences = re.sub(r"<[^>]*>", "", gaps.split('<ol class="gaps">')[1])
    assert "\N{NO-BREAK SPACE}%" in sentences and " %" not in sentences


def test_the_head_names_the_survey(full: SyntheticRun, tmp_path: Path) -> None:
    source = "European Social Survey, round 11, doi 10.21338/ess11-2023"
    write_report(replace(full.content, sources=(source,)), [], tmp_path / "r.html")
    head = (tmp_path / "r.html").read_text().split("</header>")[0]
    assert "Survey: European Social Survey, round 11." in head
    assert "Survey:" not in full.text.split("</header>")[0]


def test_a_run_that_an_earlier_version_analysed_says_how_to_get_them(
    full: SyntheticRun, tmp_path: Path
) -> None:
    older = replace(full.content, leaderboard=None, topic_gaps=None, culture_map=None)
    write_report(older, [], tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text()
    assert "<code>culture-ray analyse run=synthetic</code> adds them" in text
    assert 'id="gaps"' not in text


def test_a_single_model_has_no_rank(full: SyntheticRun, tmp_path: Path) -> None:
    table = full.content.leaderboard
    assert table is not None
    rows = [row for row in table.to_pylist() if row["model"] == "gpt_4o"]
    alone = pa.Table.from_pylist(rows, schema=table.schema)
    write_report(replace(full.content, leaderboard=alone), [], tmp_path / "r.html")
    heads = read_page((tmp_path / "r.html").read_text()).tables["leaders"][0]
    labels = [cell.text for cell in heads]
    assert labels[:3] == ["model", "alignment overall", "gap overall (points)"]


def test_a_run_without_any_alignment_has_no_leaderboard_of_dashes(
    full: SyntheticRun, tmp_path: Path
) -> None:
    table = full.content.leaderboard
    assert table is not None
    none = pa.nulls(table.num_rows, pa.float64())
    empty = table.set_column(table.column_names.index("alignment"), "alignment", none)
    write_report(replace(full.content, leaderboard=empty), [], tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text()
    assert 'id="leaders"' not in text and "adds them" not in text


def test_a_response_cannot_end_the_data_or_become_markup(full: SyntheticRun) -> None:
    data = re.search(
        r'<script type="application/json" id="response-data">(.*?)</script>', full.text, re.DOTALL
    )
    assert data is not None and "<" not in data.group(1)
    rows = json.loads(data.group(1))["rows"]
    assert len(rows) == len(full.content.browsed)
    assert rows[0][7].startswith("1. </script><script>alert(1)</script> <!--")


def test_notices_come_before_the_findings(weak: SyntheticRun) -> None:
    notice = weak.text.index(weak.content.notices[0])
    assert notice < weak.text.index('id="findings"')


def test_a_run_that_proves_only_the_path_has_no_findings_heading(
    weak: SyntheticRun, full: SyntheticRun
) -> None:
    assert "<h2>What this run shows</h2>" in weak.text
    assert "<h2>Findings</h2>" not in weak.text
    assert "<h2>Findings</h2>" in full.text


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


def test_the_command_is_there_word_for_word(full: SyntheticRun) -> None:
    assert f">{full.content.command}</pre>" in full.text


def test_a_path_that_cannot_be_written_is_a_plain_error(full: SyntheticRun, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskProblem, match="report cannot be written to"):
        write_report(full.content, [], tmp_path / "file" / "r.html")


@pytest.mark.slow
def test_a_report_of_the_papers_size_stays_below_five_megabytes(tmp_path: Path) -> None:
    content = paper_sized_content()
    write_report(content, write_figures(content, tmp_path / "figures"), tmp_path / "r.html")
    assert (tmp_path / "r.html").stat().st_size <= 5_000_000


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


def test_a_percent_sign_stays_with_its_number_in_captions_and_notes(full: SyntheticRun) -> None:
    for tag in ("figcaption", "dd", "h3"):
        for text in re.findall(rf"<{tag}[ >].*?</{tag}>", full.text, re.DOTALL):
            assert not re.search(r"\d %", text), text[:200]
    for note in re.findall(r'<p class="note">.*?</p>', full.text, re.DOTALL):
        assert not re.search(r"\d %", note), note[:200]
