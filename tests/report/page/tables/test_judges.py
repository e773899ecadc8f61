"""Tables on the judges: rules that match no response are no table of zeros."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from culture_ray.report.content import ReportContent
from culture_ray.report.page.tables.judges import judge_tables
from culture_ray.tables import TABLES
from tests.report.synthetic.content import make_content


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return make_content(topics=3, responses=2)


def _rule(name: str, responses: int) -> dict[str, Any]:
    return {"rule": name, "in_force": False, "responses": responses, "moves": 0.0, "most": 0.0}


def _shown(content: ReportContent, *rules: dict[str, Any]) -> list[list[str]]:
    table = pa.Table.from_pylist(list(rules), schema=TABLES["exclusions"].schema)
    tables = judge_tables(replace(content, judging={"exclusions": table}))
    return [[row[0].text for row in one.rows] for one in tables]


def test_rules_that_match_no_response_at_all_are_no_table(content: ReportContent) -> None:
    assert _shown(content, _rule("truncated", 0), _rule("wrong_language", 0)) == []


def test_rules_stand_in_words_with_all_their_rows(content: ReportContent) -> None:
    found = _shown(content, _rule("truncated", 0), _rule("wrong_language", 3))
    assert found == [["truncated", "wrong language"]]
