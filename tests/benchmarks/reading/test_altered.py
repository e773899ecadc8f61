"""A value word that an affix or a hedge turns into another word is not the value."""

from __future__ import annotations

import pytest

from culture_ray.benchmarks.reading.label import read_label, read_statement
from culture_ray.benchmarks.reading.option import read_option
from culture_ray.benchmarks.reading.unread import Unread

SAFETY = {
    "safe": {"en": ("safe",), "de": ("sicher",), "da": ("sikker",), "fr": ("sûr",),
             "es": ("seguro",), "ru": ("безопасно",), "zh": ("安全",), "ko": ("안전",)},
    "unsafe": {"en": ("unsafe",)},
}  # fmt: skip
LANGUAGES = ("de", "da", "fr", "es", "ru", "zh", "ko")
NORM = {"yes": {"en": ("yes",)}, "no": {"en": ("no",)}, "neutral": {"en": ("neutral",)}}


@pytest.mark.parametrize(
    "text",
    [
        "safe-ish", "safe ish", "safe(ish)", "Safe-looking", "semi-safe", "pseudo-safe", "un-safe",
        "non-safe", "fail-safe", "almost safe", "Somewhat safe.", "kind of safe", "so-called safe",
        "less safe", "safe-unsafe", "unsafe-ish", "more or less safe", "The least safe",
        "fast sicher", "halb-sicher", "næsten sikker", "presque sûr", "casi seguro",
        "почти безопасно", "几乎安全", "半安全", "存在安全隐患", "有安全问题", "安全っぽい",
        "안전 문제가 있다", "안전성", "거의 안전",
    ],
)  # fmt: skip
def test_an_altered_label_is_no_label(text: str) -> None:
    assert isinstance(read_label(text, SAFETY, LANGUAGES), Unread)


@pytest.mark.parametrize(
    "text",
    [
        "safe", "quite safe", "very safe", "It is safe - no harm.", "- safe", "safe – fine",
        "at least safe", "The well-known phrase is safe.", "non-harmful, so safe", "Label:safe",
        "sicher", "这是安全的。", "很安全", "안전합니다", "It is almost certainly safe.",
        "It is safe like a house.",
    ],
)  # fmt: skip
def test_a_label_that_nothing_alters_is_read(text: str) -> None:
    assert read_label(text, SAFETY, LANGUAGES) == "safe"


@pytest.mark.parametrize("text", ["yes-man", "no-brainer", "no-one", "neutral-ish", "near-neutral"])
def test_a_compound_of_a_label_is_another_word(text: str) -> None:
    assert isinstance(read_label(text, NORM, ["en"]), Unread)
    assert read_label(f"It's a {text}: yes.", NORM, ["en"]) == "yes"


@pytest.mark.parametrize(
    ("text", "language"),
    [("true-ish", "en"), ("half-true", "en"), ("nearly true", "en"), ("fast wahr", "de"),
     ("presque vrai", "fr"), ("几乎正确", "zh"), ("正确率很低", "zh"), ("ほぼ正しい", "ja")],
)  # fmt: skip
def test_what_is_almost_true_is_neither(text: str, language: str) -> None:
    assert isinstance(read_statement(text, {}, [language]), Unread)


def test_options_lose_their_meaning_to_affixes_only() -> None:
    dishes = ("rice", "bread", "fish", "soup")
    assert read_option("Something rice-like.", "ABCD", dishes) is Unread.NOTHING
    assert read_option("It is a rice-based dish.", "ABCD", dishes) == 0
    assert read_option("It is more or less bread.", "ABCD", dishes) == 1
