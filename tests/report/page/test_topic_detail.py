"""Topic details: people are drawn only where the language's speakers have a figure."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from culture_ray.report.content import ReportContent
from culture_ray.report.page.topic_detail import topic_details
from tests.report.synthetic.content import make_content


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return make_content(topics=2, responses=2)


def test_the_people_of_a_language_are_its_speakers(content: ReportContent) -> None:
    figures = {(r["population"], r["topic"]): r["value_polarity"]
               for r in content.ground_truth.to_pylist()}  # fmt: skip
    for detail in topic_details(content, 3):
        for spark in detail.sparks:
            expected = figures[f"speakers:{spark.language}", detail.topic.id]
            assert spark.people == pytest.approx(100 * expected, abs=0.01)


def test_a_language_without_figures_of_its_speakers_shows_nobody_in_their_place(
    content: ReportContent,
) -> None:
    people = tuple(p for p in content.populations if p.id == "US" or "da" in p.languages)
    known = pc.is_in(content.ground_truth["population"], pa.array([p.id for p in people]))
    lacking = replace(
        content, populations=people, ground_truth=content.ground_truth.filter(known),
        alignment=content.alignment.slice(0, 0),
    )  # fmt: skip
    for detail in topic_details(lacking, 3):
        sparks = {spark.language: spark.people for spark in detail.sparks}
        assert sparks["da"] is not None
        assert sparks["nl"] is None and sparks["pt"] is None and sparks["en"] is None
        panels = {panel.language.code: panel for panel in detail.panels}
        assert panels["nl"].speakers is None
        assert [line.name for line in panels["nl"].populations] == ["Country US"]
