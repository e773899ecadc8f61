from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from culture_ray.errors import BadPrompts
from culture_ray.prompts.language import Language, read_language
from culture_ray.prompts.shared_ids import LeftOut, shared_ids

INTERVIEWS = "hypothetical_interviews"
TOPICS = ["f120", "e035"]


def another(danish: dict[str, Any], code: str) -> dict[str, Any]:
    return deepcopy(danish) | {"code": code}


def languages(*contents: dict[str, Any]) -> list[Language]:
    return [read_language(content["code"], content) for content in contents]


def test_only_ids_that_every_language_has_are_chosen_from(danish: dict[str, Any]) -> None:
    norwegian = another(danish, "nb")
    norwegian["protocols"][INTERVIEWS]["templates"]["t03"] = "Ti borgere om {topic}"
    del norwegian["topics"]["f120"]["wordings"]["w2"]
    for pair in ((danish, norwegian), (norwegian, danish)):
        ids = shared_ids(languages(*pair), TOPICS, INTERVIEWS)
        assert ids.templates == ("t01", "t02")
        assert ids.topics == ("f120", "e035")
        assert ids.wordings == {"f120": ("w1",), "e035": ("w1", "w2")}
        assert ids.left_out == (
            LeftOut("template", INTERVIEWS, ("t03",), "nb"),
            LeftOut("wording", "f120", ("w2",), "da"),
        )


def test_nothing_in_common_is_an_error(danish: dict[str, Any]) -> None:
    norwegian = another(danish, "nb")
    norwegian["topics"]["f120"]["wordings"] = {"v1": "Kan abort forsvares?"}
    with pytest.raises(BadPrompts, match="no wording of f120 is common to da, nb") as said:
        shared_ids(languages(danish, norwegian), TOPICS, INTERVIEWS)
    assert str(said.value).endswith("(da has w1, w2; nb has v1)")


def test_a_language_without_the_topic_is_named(danish: dict[str, Any]) -> None:
    norwegian = another(danish, "nb")
    del norwegian["topics"]["f120"]
    with pytest.raises(BadPrompts, match="language nb: no texts for 1 of 2 topics: f120"):
        shared_ids(languages(danish, norwegian), TOPICS, INTERVIEWS)
