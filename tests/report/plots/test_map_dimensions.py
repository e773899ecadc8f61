"""Dimensions of the map are told by the topics that they separate."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from culture_ray.report.content import ReportContent
from culture_ray.report.plots.map_dimensions import dimensions_sentence
from culture_ray.tables import CULTURE_MAP_TOPICS
from tests.report.synthetic.content import make_content


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return make_content(topics=5, responses=2)


def told(content: ReportContent, x: list[float], y: list[float]) -> str:
    rows = [
        {"topic": topic.id, "x_loading": a, "y_loading": b}
        for topic, a, b in zip(content.topics, x, y, strict=True)
    ]
    table = pa.Table.from_pylist(rows, schema=CULTURE_MAP_TOPICS)
    return dimensions_sentence(replace(content, culture_map_topics=table))


def test_each_dimension_names_the_three_topics_of_the_largest_loadings(
    content: ReportContent,
) -> None:
    said = told(content, [0.9, 0.1, -0.6, 0.2, 0.5], [-0.1, -0.8, -0.3, 0.0, -0.4])
    assert said == (
        "Farther right: more agreement on “Survey item number 1” and “Survey item number 5”, less "
        "on “Survey item number 3”. Farther up: less agreement on “Survey item number 2”, “Survey "
        "item number 5” and “Survey item number 3”."
    )


def test_a_run_that_an_earlier_version_analysed_has_no_such_sentence(
    content: ReportContent,
) -> None:
    assert dimensions_sentence(content) == ""
