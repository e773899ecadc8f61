"""Topics can be named by their code or by a word of the survey's item."""

from __future__ import annotations

from typing import Any

import pytest

from culture_ray.errors import WrongValue
from culture_ray.survey.topics import name_topics

CATALOGUE = {
    "f120": {"label": "Justifiable: abortion"},
    "f121": {"label": "Justifiable: divorce"},
    "d054": {"label": "Main goal in life: to make parents proud"},
}


def named(only: Any) -> Any:
    content = {"topics": {"topics": CATALOGUE, "only": only}}
    name_topics(content)
    return content["topics"]["only"]


@pytest.mark.parametrize(
    ("only", "ids"),
    [
        (None, None),
        (["f120"], ["f120"]),
        (["F120", "abortion"], ["f120", "f120"]),
        (["Divorce", "parents proud"], ["f121", "d054"]),
        ("abortion", ["f120"]),
        (["f12", "tax"], ["f12", "tax"]),
        ([""], [""]),
        ([120, ["f120"]], [120, ["f120"]]),
        (7, 7),
    ],
)
def test_what_fits_one_topic_is_its_id(only: Any, ids: Any) -> None:
    assert named(only) == ids


def test_words_of_several_topics_name_these() -> None:
    with pytest.raises(WrongValue, match=r"topics.only='justifiable'.*f120 \(Just.*f121 \(Just"):
        named(["justifiable"])


@pytest.mark.parametrize("content", [{}, {"topics": None}, {"topics": {"topics": None}}])
def test_a_configuration_without_topics_stays(content: dict[str, Any]) -> None:
    before = dict(content)
    name_topics(content)
    assert content == before
