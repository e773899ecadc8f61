"""Remarks on regressions are said once, and further regressions stand with the regressions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.report.content import ReportContent
from culture_ray.report.findings.findings import findings
from culture_ray.report.formatting import plain
from culture_ray.report.page.html import write_report
from tests.report.synthetic.content import make_content

SHARED, OWN = "Two models answer alike.", "One interval could not be computed."


@pytest.fixture(scope="module")
def content() -> ReportContent:
    found = make_content(topics=4, responses=3)
    noted = {
        key: replace(r, notes=(SHARED, OWN) if key == "us_bias" else (SHARED,))
        for key, r in found.regressions.items()
    }
    return replace(found, regressions=noted)


def test_a_remark_on_several_regressions_is_said_once(
    content: ReportContent, tmp_path: Path
) -> None:
    write_report(content, [], tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert text.count(SHARED) == text.count(OWN) == 1


def test_findings_hold_the_main_regression_alone(content: ReportContent, tmp_path: Path) -> None:
    write_report(content, [], tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    section = text[text.index('<section id="findings">') :].split("</section>")[0]
    told = [one for one in findings(content) if one.about == "regression"]
    assert [one.detail for one in told] == [False, True, True]
    published = "Multilingual regression, the paper's way (published inference"
    assert any(published in plain(one.sentence) for one in told)
    assert "published inference" not in section
    assert "published inference" in text.split('<section id="regressions">')[1]
