"""The page needs nothing else, can be read by everyone, and holds texts of models as texts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.calibration import LANGUAGE_LEVELS, PERMUTATION, PUBLISHED
from culture_ray.errors import DiskProblem
from culture_ray.report.page.html import write_report
from culture_ray.report.plots.figures import write_figures
from tests.report.page.page_reader import Page
from tests.report.synthetic.run import SyntheticRun, paper_sized_content


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


def test_a_response_cannot_end_the_data_or_become_markup(full: SyntheticRun) -> None:
    data = re.search(
        r'<script type="application/json" id="response-data">(.*?)</script>', full.text, re.DOTALL
    )
    assert data is not None and "<" not in data.group(1)
    rows = json.loads(data.group(1))["rows"]
    assert len(rows) == len(full.content.browsed)
    assert rows[0][7].startswith("1. </script><script>alert(1)</script> <!--")


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


def test_every_published_regression_is_marked_on_the_page(full: SyntheticRun) -> None:
    text = full.text.replace("\N{NO-BREAK SPACE}", " ")
    shown = [r for r in full.content.regressions.values() if r.inference == "paper" and r.table]
    assert shown
    assert text.count(f"{PUBLISHED}</p>") >= len(shown)


def test_the_notes_of_a_regression_mark_what_is_off_its_level(
    full: SyntheticRun, tmp_path: Path
) -> None:
    name, *others = [key for key, r in full.content.regressions.items() if r.table is not None]
    alone = replace(full.content.regressions[name], notes=(PERMUTATION.sentence,))
    both = [
        {key: replace(full.content.regressions[key], notes=(LANGUAGE_LEVELS.sentence,))}
        for key in (name, *others[:1])
    ]
    for regressions, mark, tag in (
        ({name: alone}, PERMUTATION.sentence, "li"),
        (both[0] | both[1], LANGUAGE_LEVELS.sentence, 'p class="note"'),
    ):
        write_report(replace(full.content, regressions=regressions), [], tmp_path / "r.html")
        text = (tmp_path / "r.html").read_text().replace("\N{NO-BREAK SPACE}", " ")
        assert text.count(f"<{tag}>{mark}</{tag.split()[0]}>") == 1
