"""Sentences on the largest gaps: how many agree with the statement, and how models differ."""

from __future__ import annotations

import pytest

from culture_ray.report.cell_refs import ROW
from culture_ray.report.content import ReportContent
from culture_ray.report.findings.gaps import gap_sentence
from culture_ray.report.formatting import plain
from tests.report.synthetic.content import make_content

GAP = {
    ROW: 3, "language": "da", "answer": 54.2, "people": 98.0, "gap": -43.8, "ci_low": -60.0,
    "ci_high": -28.0, "models": 6, "smallest": -53.0, "largest": -34.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return make_content(topics=3, responses=2)


def told(content: ReportContent, *, has_statement: bool = True, **changed: object) -> str:
    return plain(gap_sentence(content, GAP | changed, has_statement=has_statement))


def test_after_a_statement_the_sentence_says_how_many_agree(content: ReportContent) -> None:
    assert told(content) == (
        "Models agree in 54 % of their opinions, compared with 98 % of speakers of Danish: −44 "
        "points (95 % interval −60 to −28). All 6 models differ in this direction, by −53 to −34."
    )
    assert told(content, models=1).startswith("The model agrees in 54 % of its opinions, compared")
    assert "Both models differ in this direction" in told(content, models=2)


def test_without_a_statement_it_says_pro(content: ReportContent) -> None:
    said = told(content, has_statement=False, models=1, ci_low=None)
    assert said == (
        "The model’s opinions are 54 % pro, compared with 98 % among speakers of Danish: −44 "
        "points."
    )


def test_a_difference_that_rounds_to_zero_has_no_sign(content: ReportContent) -> None:
    assert told(content, smallest=-7.0, largest=0.3).endswith("the gap ranges from −7 to 0.")
