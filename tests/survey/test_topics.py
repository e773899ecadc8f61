from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from culture_ray.errors import UnknownName, WrongValue
from culture_ray.survey.topics import read_topics

ABORTION = {
    "code": "F120",
    "label": "Justifiable: abortion",
    "category": "F",
    "category_name": "Religion and morale",
    "scale": {"points": 10, "low": "never justifiable", "high": "always justifiable"},
    "pro": [6, 7, 8, 9, 10],
    "con": [1, 2, 3, 4, 5],
    "middle": [],
    "missing": "below_1",
    "note": "",
}
WORK = {
    "code": "C002_01",
    "label": "Jobs scarce",
    "category": "C",
    "category_name": "Work",
    "scale": {"points": 5, "low": "agree strongly", "high": "disagree strongly"},
    "pro": [1, 2],
    "con": [4, 5],
    "middle": [3],
    "missing": "below_1",
}


def catalogue(**changes: Any) -> dict[str, Any]:
    topics = {"f120": deepcopy(ABORTION), "c002_01": deepcopy(WORK)}
    return {"name": "evs_wvs", "source": "EVS/WVS", "only": None, "topics": topics} | changes


def test_topics_come_in_catalogue_order_with_their_scales() -> None:
    abortion, work = read_topics(catalogue())
    assert (abortion.id, abortion.code, work.id) == ("f120", "F120", "c002_01")
    assert abortion.scale.pro == (6, 7, 8, 9, 10)
    assert work.scale.middle == (3,)
    assert work.note == ""


def test_only_restricts_but_does_not_reorder() -> None:
    assert [t.id for t in read_topics(catalogue(only=["c002_01", "f120"]))] == ["f120", "c002_01"]
    assert [t.id for t in read_topics(catalogue(only=["c002_01"]))] == ["c002_01"]


def test_an_unknown_topic_in_only_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"unknown topic 'f12' in topics.only: .*'f120'"):
        read_topics(catalogue(only=["f12"]))
    with pytest.raises(UnknownName, match=r"; culture-ray list topics describes them$"):
        read_topics(catalogue(only=["zzzzz"]))


@pytest.mark.parametrize("only", [[], "f120"])
def test_only_has_to_be_a_list_with_topics_in_it(only: object) -> None:
    with pytest.raises(WrongValue, match=r"topics\.only="):
        read_topics(catalogue(only=only))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("label", None, r"topics\.topics\.f120\.label=None"),
        ("label", " ", r"f120\.label=' '.*not blank"),
        ("code", "F121", r"f120\.code='F121'.*'f120' in capitals"),
        ("pro", [], r"f120\.pro=\[\]"),
        ("pro", [6, 7, 8, 9, 9], r"f120\.pro=.*distinct whole numbers"),
        ("pro", [6, 7, 8, 9], r"topics\.topics\.f120=\[1, 2.*10 answer codes exactly once"),
        ("middle", [5], r"topics\.topics\.f120=\[1, 2.*once in pro, con or middle"),
        ("missing", "under_1", r"f120\.missing='under_1'.*below_1, below_0"),
        ("scale", [10], r"f120\.scale=\[10\].*mapping"),
        ("scale", {"points": True, "low": "a", "high": "b"}, r"f120\.scale\.points=True"),
        ("scale", {"points": 1, "low": "a", "high": "b"}, r"f120\.scale\.points=1 .*at least 2"),
    ],
)
def test_a_malformed_entry_is_named_in_one_line(key: str, value: object, message: str) -> None:
    content = catalogue()
    content["topics"]["f120"][key] = value
    with pytest.raises(WrongValue, match=message) as caught:
        read_topics(content)
    assert "\n" not in str(caught.value)


def test_a_mistyped_key_names_the_nearest() -> None:
    content = catalogue()
    content["topics"]["f120"]["midle"] = []
    with pytest.raises(UnknownName, match=r"'midle' in topics\.topics\.f120: .*'middle'"):
        read_topics(content)


def test_a_code_zero_may_stand_before_a_scale_that_begins_at_one() -> None:
    content = catalogue()
    content["topics"]["f120"] |= {"missing": "below_0", "con": [0, 1, 2, 3, 4, 5]}
    assert read_topics(content)[0].scale.con == (0, 1, 2, 3, 4, 5)
    content["topics"]["f120"]["missing"] = "below_1"
    with pytest.raises(WrongValue):
        read_topics(content)
