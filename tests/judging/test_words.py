"""Words of texts in any script."""

from __future__ import annotations

import pytest

from culture_ray.judging.flags import is_repetitive
from culture_ray.judging.opinions import split_opinions
from culture_ray.judging.words import units_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1. It's up-to-date, isn't it?", ["It's", "up-to-date", "isn't", "it"]),
        ("नहीं, यह ठीक है।", ["नहीं", "यह", "ठीक", "है"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("٣ - ' 7", []),
    ],
)
def test_words_keep_their_vowel_signs_and_joiners(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_scripts_without_spaces_are_counted_by_characters() -> None:
    assert units_of("我认为可以 ok") == ["我", "认", "为", "可", "以", "ok"]


def test_the_same_opinion_over_and_over_is_repetitive_in_chinese_too() -> None:
    same = "\n".join(f"{n}. 我认为这应该允许。" for n in range(1, 9))
    assert is_repetitive(same, split_opinions(same))
    views = (
        "我支持这个做法",
        "不行，违背传统",
        "要看具体的情况",
        "社会已经进步了",
        "信仰不允许这样",
    )
    varied = "\n".join(f"{n}. {view}。" for n, view in enumerate(views, 1))
    assert not is_repetitive(varied, split_opinions(varied))
