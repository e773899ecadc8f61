"""The topic catalogue is complete and well formed."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from tests.content.shipped_texts import (
    ROOT,
    TOPICS,
)

BESIDE = ROOT.parent / "shared" / "reference"

PUBLISHED_FIGURES = (
    Path(os.environ.get("CULTURE_RAY_REFERENCE", BESIDE)) / "ground_truth_country.csv"
)

FIELDS = ["code", "label", "category", "category_name", "scale"]

FIELDS += ["pro", "con", "middle", "missing", "note"]

each_topic = pytest.mark.parametrize("topic_id", TOPICS)


@each_topic
def test_a_topic_carries_every_field_of_the_catalogue(topic_id: str) -> None:
    topic = TOPICS[topic_id]
    # An item that the survey asks alone has no battery.
    assert [field for field in topic if field != "battery"] == FIELDS
    assert topic["code"] == topic_id.upper()
    assert topic["category"] == topic["code"][0]
    assert topic["label"].strip() and topic["category_name"].strip()
    assert list(topic["scale"]) == ["points", "low", "high"]
    assert topic["scale"]["low"] != topic["scale"]["high"]


@each_topic
def test_every_valid_answer_is_on_exactly_one_side(topic_id: str) -> None:
    topic = TOPICS[topic_id]
    lowest = {"below_0": 0, "below_1": 1}[topic["missing"]]
    answers = topic["pro"] + topic["con"] + topic["middle"]
    assert sorted(answers) == list(range(lowest, topic["scale"]["points"] + 1))
    assert topic["pro"] and topic["con"]


@each_topic
def test_the_pro_side_is_the_one_that_the_published_figures_count_as_pro(topic_id: str) -> None:
    # Their rule: the lower half of a scale, the upper half of a 10-point scale, E035 reversed.
    topic = TOPICS[topic_id]
    points = topic["scale"]["points"]
    half = points // 2
    upper = points == 10 and topic_id != "e035"
    assert topic["pro"] == (list(range(half + 1, 11)) if upper else list(range(1, half + 1)))


def test_categories_have_one_name_each() -> None:
    names = {(topic["category"], topic["category_name"]) for topic in TOPICS.values()}
    assert len(names) == len({category for category, _ in names})


def test_every_topic_has_published_figures_to_be_compared_with() -> None:
    if not PUBLISHED_FIGURES.exists():
        pytest.skip(f"nothing at {PUBLISHED_FIGURES}; set CULTURE_RAY_REFERENCE to its folder")
    with PUBLISHED_FIGURES.open(encoding="utf-8", newline="") as file:
        published = {row["question_key"].lower() for row in csv.DictReader(file)}
    assert set(TOPICS) <= published
