"""Labels of closed lists, and statements called true or false."""

from __future__ import annotations

import pytest

from culture_ray.benchmarks.reading.label import read_label, read_statement
from culture_ray.benchmarks.reading.unread import Unread

SAFETY = {"safe": {"en": ("safe",), "da": ("sikker",)}, "unsafe": {"en": ("unsafe",)}}
NORM = {"yes": {"en": ("yes",)}, "no": {"en": ("no",)}, "neutral": {"en": ("neutral",)}}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("safe", "safe"), ("Unsafe.", "unsafe"), ("**unsafe**", "unsafe"), ("sikker", "safe"),
        ('{"label": "unsafe"}', "unsafe"), ("The answer is unsafe.", "unsafe"),
        ("Label: safe", "safe"), ("not safe", Unread.NOTHING), ("It isn't safe.", Unread.NOTHING),
        ("safe or unsafe", Unread.CONTRADICTION), ("I cannot tell.", Unread.NOTHING),
        ("Safe. But also unsafe.", Unread.CONTRADICTION), ("", Unread.EMPTY),
    ],
)  # fmt: skip
def test_a_label_is_a_whole_word_that_nothing_denies(text: str, label: str) -> None:
    assert read_label(text, SAFETY, ["da"]) == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("No", "no"), ("yes.", "yes"), ("Neutral", "neutral"), ("Yes, because it is polite.",
        "yes"),
        ("No, it is rude; yes would be wrong.", "no"), ("Yes. And no.", Unread.CONTRADICTION),
        ("I have no idea", Unread.NOTHING), ("No answer", Unread.NOTHING),
        ("Yes it isn't rude", "yes"), ("It is not neutral", Unread.NOTHING),
        ("Not really", Unread.NOTHING),
    ],
)  # fmt: skip
def test_yes_and_no_are_labels_like_others(text: str, label: str) -> None:
    assert read_label(text, NORM, ["en"]) == label


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("True", "en", True), ("False.", "en", False), ("That is not true.", "en", False),
        ("The statement is incorrect.", "en", False), ("This is correct.", "en", True),
        ("Sandt", "da", True), ("Det er ikke sandt.", "da", False), ("Falsk", "da", False),
        ("Nicht wahr.", "de", False), ("Das ist richtig.", "de", True), ("onwaar", "nl", False),
        ("verdadeiro", "pt", True), ("Não é verdade.", "pt", False), ("No es cierto.", "es", False),
        ("vrai", "fr", True), ("Ce n'est pas vrai.", "fr", False), ("неверно", "ru", False),
        ("верно", "ru", True), ("正しい", "ja", True), ("正しくない", "ja", False), ("いいえ",
        "ja", False),
        ("正确", "zh", True), ("不正确", "zh", False), ("错误。", "zh", False), ("صحيح",
        "ar", True),
        ("غير صحيح", "ar", False), ("خطأ", "ar", False), ("सही", "hi", True), ("सही नहीं",
        "hi", False),
        ("ถูกต้อง", "th", True), ("ไม่ถูกต้อง", "th", False), ("đúng", "vi", True),
        ("không đúng", "vi", False), ("거짓", "ko", False), ("사실이 아닙니다", "ko", False),
        ("yanlış", "tr", False), ("doğru değil", "tr", False), ("False", "sw", False),
        ('{"answer": true}', "en", True), ("\\boxed{False}", "xx", False),
    ],
)  # fmt: skip
def test_a_statement_is_called_true_or_false_in_its_language(
    text: str, language: str, value: bool
) -> None:
    assert read_statement(text, {}, [language]) is value


@pytest.mark.parametrize(
    "text",
    ["True or false?", "True and false.", "Maybe", "Both are true and false", "42",
     "It is hardly true.", "It is partly true."],
)  # fmt: skip
def test_what_is_neither_true_nor_false_is_unparsable(text: str) -> None:
    assert isinstance(read_statement(text, {}, ["en"]), Unread)


def test_the_words_that_were_asked_for_count() -> None:
    asked = {"true": {"en": ("agree",)}, "false": {"en": ("disagree",)}}
    assert read_statement("I disagree.", asked, ["en"]) is False
