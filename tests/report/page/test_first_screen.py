"""The first screen answers the question and shows the leaderboard, the map and the gaps."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from culture_ray.report.findings.headline import headline
from culture_ray.report.page.html import write_report
from tests.report.page.page_reader import Page, read_page
from tests.report.synthetic.run import SyntheticRun


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


def test_notices_come_before_the_findings(weak: SyntheticRun) -> None:
    notice = weak.text.index(weak.content.notices[0])
    assert notice < weak.text.index('id="findings"')


def test_a_run_that_proves_only_the_path_has_no_findings_heading(
    weak: SyntheticRun, full: SyntheticRun
) -> None:
    assert "<h2>What this run shows</h2>" in weak.text
    assert "<h2>Findings</h2>" not in weak.text
    assert "<h2>Findings</h2>" in full.text


def test_a_percent_sign_stays_with_its_number_in_captions_and_notes(full: SyntheticRun) -> None:
    for tag in ("figcaption", "dd", "h3"):
        for text in re.findall(rf"<{tag}[ >].*?</{tag}>", full.text, re.DOTALL):
            assert not re.search(r"\d %", text), text[:200]
    for note in re.findall(r'<p class="note">.*?</p>', full.text, re.DOTALL):
        assert not re.search(r"\d %", note), note[:200]
