"""Places of opinions in a response, as a reader sees them marked."""

from __future__ import annotations

from culture_ray.judging.marked import marked_opinions
from culture_ray.judging.opinions import split_opinions

LIST = """Here are three people:

1. **Anna** thinks it is _never_ right.
2. Bo: it depends,
   he says.
3. Cleo is all for it!
"""


def marked(text: str, stances: list[str]) -> list[tuple[str, str]]:
    """Return the marked parts of a text, split by rule, with their stances."""
    found = marked_opinions(text, split_opinions(text).opinions, stances)
    return [(text[one.start : one.end], one.stance) for one in found]


def test_each_opinion_of_a_list_is_marked_without_its_number() -> None:
    assert marked(LIST, ["con", "neutral", "pro"]) == [
        ("Anna** thinks it is _never_ right.", "con"),
        ("Bo: it depends,\n   he says.", "neutral"),
        ("Cleo is all for it!", "pro"),
    ]


def test_other_scripts_are_marked_too() -> None:
    text = "1. هذا خطأ دائما.\n2. هذا صحيح."
    assert [stance for _, stance in marked(text, ["con", "pro"])] == ["con", "pro"]
    text = "1. 这总是错的。\n2. 可以接受。"
    assert marked(text, ["con", "pro"])[1] == ("可以接受。", "pro")


def test_nothing_is_marked_where_stances_and_opinions_differ_in_number() -> None:
    assert marked(LIST, ["con", "pro"]) == []


def test_equal_opinions_are_found_one_after_the_other() -> None:
    text = "1. I agree.\n2. Never.\n3. I agree."
    found = marked_opinions(text, split_opinions(text).opinions, ["pro", "con", "pro"])
    assert [one.start for one in found] == sorted({one.start for one in found})
    assert len(found) == 3


def test_an_item_of_several_people_is_marked_once_and_only_if_they_agree() -> None:
    opinions = ("It is fine", "It is fine", "No")
    text = "1-2. It is fine\n3. No"
    found = marked_opinions(text, opinions, ["pro", "pro", "con"])
    assert [one.stance for one in found] == ["pro", "con"]
    assert [one.stance for one in marked_opinions(text, opinions, ["pro", "con", "con"])] == ["con"]


def test_an_opinion_that_the_text_does_not_hold_is_left_out() -> None:
    assert marked_opinions('["caf\\u00e9 is fine"]', ("café is fine",), ["pro"]) == ()
    assert marked_opinions("", ("",), ["pro"]) == ()
