"""Short answers, surface rules and lexicons."""

from __future__ import annotations

import pytest

from culture_ray.benchmarks.reading.lexicons.lexicon import Lexicon
from culture_ray.benchmarks.reading.short import ShortMatch, read_short
from culture_ray.benchmarks.reading.surface import repeats, surface_of
from culture_ray.benchmarks.reading.unread import Unread
from culture_ray.judging.language_id import LanguageDetector
from tests.shipped import SHIPPED

RIGHT = [("rice", 3.0), ("noodles", 2.0)]


@pytest.mark.parametrize(
    ("answer", "right", "language", "matched"),
    [
        ("Rice.", "rice", "en", True), ("It is THE RICE!", "the rice", "en", True),
        ("price", "rice", "en", False), ("la paella", "Paella", "es", True),
        ("ΦΈΤΑ", "φέτα", "el", True), ("فول مدمس", "الفول المدمس", "ar", True), ("أكل", "اكل",
        "ar", True),
        ("我们吃米饭。", "米饭", "zh", True), ("밥을 먹어요", "밥", "ko", True), ("Café", "café",
        "fr", True),
        ("l'école", "école", "fr", True), ("ｓｏｂａ", "soba", "ja", True), ("1,000", "1000",
        "en", False),
        ("New  York-style", "new york style", "en", True), ("das Brot", "Brot", "de", True),
        ("**Rice**", "rice", "en", True), ('{"answer": "rice"}', "rice", "en", True),
    ],
)  # fmt: skip
def test_an_alias_is_found_in_its_normal_form(
    answer: str, right: str, language: str, matched: bool
) -> None:
    found = read_short(answer, [(right, 1)], language)
    assert found == ShortMatch(matched, float(matched))


def test_votes_are_those_of_the_best_match_over_the_most_frequent() -> None:
    assert read_short("noodles", RIGHT, "en") == ShortMatch(True, 2 / 3)
    assert read_short("noodles with rice", RIGHT, "en") == ShortMatch(True, 1.0)
    assert read_short("bread", RIGHT, "en") == ShortMatch(False, 0.0)
    assert read_short(" ", RIGHT, "en") is Unread.EMPTY


def test_words_that_the_benchmark_strips_do_not_count() -> None:
    assert read_short("the bread", [("eat bread", 1)], "en", strip=["eat"]) == ShortMatch(True, 1)


@pytest.mark.parametrize("unit", ["one two three four five six seven eight nine ten "
                                  "a b c d e f g h i j k ",
                                  "今天天气很好我们一起去公园散步吧然后回家吃饭看书",
                                  "ไปเที่ยวทะเลกันเถอะนะ"])  # fmt: skip
def test_a_sequence_of_twenty_words_four_times_is_repetition_in_any_script(unit: str) -> None:
    assert repeats(unit * 4)
    assert not repeats(unit)
    assert not repeats("Ja. " * 10)


@pytest.mark.slow
def test_the_surface_of_an_answer_is_found_in_any_language() -> None:
    detector, words = LanguageDetector(), SHIPPED
    refused = surface_of("抱歉，我无法回答这个问题。", "zh", detector, words)
    assert refused.refusal
    text = "Das ist eine lange Antwort auf Deutsch über das Essen."
    german = surface_of(text, "da", detector, words)
    assert german.wrong_language is True
    assert surface_of("Ja", "da", detector, words).wrong_language is None
    assert surface_of(" ", "da", detector, words).empty


def test_terms_of_a_lexicon_are_counted_by_sentence_longest_first() -> None:
    lexicon = Lexicon.of([("rice", "staple"), ("fried rice", "dish"), ("Diwali", "festival")], "en")
    found = lexicon.matches("We eat fried rice. Prices rise. Rice at Diwali, and more rice!")
    assert found.terms == ("rice", "fried rice", "Diwali")
    assert dict(found.groups) == {"dish": 1, "festival": 1, "staple": 1}
    assert (found.sentences, found.matched_sentences) == (3, 2)
    assert found.share == pytest.approx(2 / 3)
    assert lexicon.matches("").share is None
