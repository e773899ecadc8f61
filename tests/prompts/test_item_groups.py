from __future__ import annotations

from dataclasses import replace

import pytest

from culture_ray.errors import BadPrompts
from culture_ray.prompts.item_groups import group_ids, topic_groups
from culture_ray.prompts.shared_ids import SharedIds
from culture_ray.survey.topics import Scale, Topic

YES_NO = Scale(2, "yes", "no", (1,), (2,), (), "below_1")
TOPICS = [
    Topic(name, name.upper(), "", category, "", YES_NO, "", battery)
    for name, category, battery in (
        ("a1", "A", "jobs"), ("b1", "B", ""), ("a2", "A", "jobs"), ("b2", "B", "trust"),
    )
]  # fmt: skip
IDS = SharedIds(
    ("t1",),
    ("a1", "b1", "a2", "b2"),
    {"a1": ("q1", "q2"), "b1": ("q1",), "a2": ("q2", "q1"), "b2": ("q3",)},
    (),
)


def test_groups_keep_the_order_of_the_catalogue_and_lone_topics_are_their_own() -> None:
    assert topic_groups(TOPICS, "battery") == {
        "jobs": ("a1", "a2"), "b1": ("b1",), "trust": ("b2",),
    }  # fmt: skip
    assert topic_groups(TOPICS, "category") == {"A": ("a1", "a2"), "B": ("b1", "b2")}
    assert topic_groups(TOPICS, "all") == {"all": ("a1", "b1", "a2", "b2")}


def test_a_group_has_the_wordings_that_all_its_topics_have() -> None:
    found = group_ids(IDS, topic_groups(TOPICS, "battery"))
    assert found == replace(
        IDS,
        topics=("jobs", "b1", "trust"),
        wordings={"jobs": ("q1", "q2"), "b1": ("q1",), "trust": ("q3",)},
    )


def test_topics_without_a_common_question_cannot_be_asked_together() -> None:
    with pytest.raises(BadPrompts, match="group B: no question id is common to its topics b1, b2"):
        group_ids(IDS, topic_groups(TOPICS, "category"))
