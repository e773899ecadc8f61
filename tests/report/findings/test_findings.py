"""Sentences on caveats and on the quality of responses, and the order of all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from culture_ray.report.content import ReportContent
from culture_ray.report.findings.findings import findings
from culture_ray.report.formatting import Number, plain
from culture_ray.tables import (
    ITEM_FUNCTIONING,
)
from tests.report.findings.sentences import said
from tests.report.synthetic.content import make_content
from tests.report.synthetic.run import path_only_content


def test_wordings_that_behave_unlike_the_others_are_named(content: ReportContent) -> None:
    topic, label = content.topics[0].id, content.topics[0].label
    rows = [
        {"topic": topic, "language": language, "residual": 0.3, "t": 6.0, "p_value": 1e-6,
         "p_holm": p, "models": 3, "suspect": p < 0.05}
        for language, p in (("en", 0.001), ("da", 0.6))
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, ITEM_FUNCTIONING)
    words = said(replace(content, item_functioning=table), "quality")
    assert "For 1 wording, models and speakers are further apart" in words
    assert f"{label} ({topic.upper()}) in English (+0.30)" in words
    assert "Danish (+0.30)" not in words


def test_responses_that_were_cut_off_are_told_when_they_are_many(content: ReportContent) -> None:
    rows = [r | {"truncated": r["requests"], "repetitive": 0, "wrong_language": 0}
            for r in content.quality.to_pylist()]  # fmt: skip
    cut = pa.Table.from_pylist(rows, schema=content.quality.schema)
    total = sum(r["requests"] for r in rows)
    words = said(replace(content, quality=cut), "quality")
    assert f"Of all responses, {total} were cut off at their token limit." in words
    assert "repeat themselves" not in words


def test_few_topics_are_said_first_with_what_chance_does(content: ReportContent) -> None:
    first = findings(content)[0]
    assert first.about == "caveat"
    assert "6 topics" in plain(first.sentence)
    numbers = [p.value for p in first.sentence if isinstance(p, Number)]
    assert numbers == [6, pytest.approx(2 / np.sqrt(5))]


def test_with_hardly_any_topics_chance_alone_makes_any_correlation() -> None:
    words = plain(findings(make_content(topics=4, responses=2))[0].sentence)
    assert words == "With 4 topics, chance alone can produce any rank correlation."


def test_many_topics_need_no_such_caveat() -> None:
    assert said(make_content(topics=32, responses=2), "caveat") == ""


def test_a_weak_model_is_said_before_anything_else() -> None:
    first = plain(findings(path_only_content())[0].sentence)
    assert "gemma_3_270m is too weak to say anything about culture" in first


def test_cells_that_are_mostly_unusable_are_named(content: ReportContent) -> None:
    rows = content.quality.to_pylist()
    rows[0].update(used=rows[0]["requests"] // 2 - 1)
    poor = pa.Table.from_pylist(rows, schema=content.quality.schema)
    words = said(replace(content, quality=poor), "quality")
    assert "Fewer than half of the requests could be used for gemma_2_2b in Danish." in words
    assert "Fewer than half" not in said(content, "quality")


def test_a_run_with_few_usable_responses_everywhere_says_so_once(content: ReportContent) -> None:
    rows = [row | {"used": 0} for row in content.quality.to_pylist()]
    poor = replace(content, quality=pa.Table.from_pylist(rows, schema=content.quality.schema))
    words = said(poor, "quality")
    assert "In every combination of model and language, fewer than half of the" in words
    one = [
        row | {"used": row["used"] if i else 0} for i, row in enumerate(content.quality.to_pylist())
    ]
    alone = replace(content, quality=pa.Table.from_pylist(one, schema=content.quality.schema))
    assert f"could be used for {one[0]['model']} in" in said(alone, "quality")
