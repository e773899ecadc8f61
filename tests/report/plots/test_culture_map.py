"""The map shows its ellipses whole, and says what its dimensions tell apart."""

from __future__ import annotations

import math
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.report.content import ReportContent
from culture_ray.report.plots.culture_map import _limits, dimensions_sentence
from culture_ray.tables import CULTURE_MAP_TOPICS
from tests.report.synthetic.content import make_content

NUMBERS = st.floats(-50, 50)
ROWS = st.fixed_dictionaries(
    {
        "x": NUMBERS,
        "y": NUMBERS,
        "major": st.floats(0.1, 40),
        "minor": st.floats(0.1, 40),
        "angle": st.floats(-180, 180),
    }
)


@given(st.lists(ROWS, min_size=1, max_size=6))
def test_every_ellipse_lies_within_the_axes(rows: list[dict[str, float]]) -> None:
    (left, right), (bottom, top) = _limits(rows, rows)
    for row in rows:
        turn = math.radians(row["angle"])
        for step in range(24):
            around = 2 * math.pi * step / 24
            a, b = row["major"] * math.cos(around), row["minor"] * math.sin(around)
            x = row["x"] + a * math.cos(turn) - b * math.sin(turn)
            y = row["y"] + a * math.sin(turn) + b * math.cos(turn)
            assert left <= x <= right and bottom <= y <= top


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
