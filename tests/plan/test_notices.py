"""Notices of a plan: texts that are not asked are named together, and not one by one."""

from __future__ import annotations

from culture_ray.plan.notices import left_out_words
from culture_ray.prompts.shared_ids import LeftOut


def test_one_text_is_named_with_its_topic_and_language() -> None:
    assert left_out_words([LeftOut("wording", "f120", ("w2",), "en")]) == (
        "wording w2 of f120 in en"
    )


def test_the_same_texts_of_many_topics_are_named_together() -> None:
    many = [LeftOut("wording", f"f{n}", ("w4", "w5"), "en") for n in range(100, 137)]
    other = [LeftOut("template", "persona", ("t05",), "da"), *many[:2]]
    assert left_out_words([*many, *other]) == (
        "wordings w4, w5 of f100, f101, f102 and 34 more in en; template t05 of persona in da"
    )


def test_up_to_four_topics_are_named() -> None:
    four = [LeftOut("wording", f"f{n}", ("w1",), "en") for n in range(4)]
    assert left_out_words(four) == "wording w1 of f0, f1, f2, f3 in en"
