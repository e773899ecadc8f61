"""Choice of an option in an answer's text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.judging.choice import chosen_option
from culture_ray.prompts.phrases import Phrases

TEXTS = ("Agree strongly", "Agree", "Neither agree nor disagree", "Disagree", "Disagree strongly")
LETTERS = ("A", "B", "C", "D", "E")
TRUST = ("A great deal", "Quite a lot", "Not very much", "None at all")
SCALE = ("1 (never justifiable)", *map(str, range(2, 10)), "10 (always justifiable)")
ENGLISH = Phrases(
    numbers={"one": 1, "six": 6, "seven": 7},
    out_of=("out of", "in"),
    refusals=("as an? ai", "i cannot"),
)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("B", 1), (" B", 1), ("B.", 1), ("**B**", 1), ("(D)", 3), ("E) Disagree strongly", 4),
        ("C\nbecause", 2), ("Agree", 1), ("agree strongly.", 0), ("Disagree strongly", 4),
        ("Neither agree nor disagree", 2), ("D - Disagree", 3),
        ("F", None), ("A good question is this", None), ("I would say B", 1), ("", None),
        ("Agreements matter", None), ("I thought of B. I would say C. ...", 2),
    ],
)  # fmt: skip
def test_a_text_chooses_by_its_letter_or_by_the_words_of_an_option(
    text: str, place: int | None
) -> None:
    assert chosen_option(text, LETTERS, TEXTS) == place


def test_an_article_is_no_letter() -> None:
    texts = ("None at all", "A great deal of confidence")
    assert chosen_option("A great deal of confidence", ("A", "B"), texts) == 1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1", 0), ("10", 2), ("**10**", 2), ("10 (always)", 2), ("10 – always justifiable", 2),
        ("1.", 0), ("10/10", 2), ("2, because", 1), ("B", 1),
        ("1-2", None), ("1.5", None), ("100", None), ("3", None), ("It is 10", 2),
    ],
)  # fmt: skip
def test_a_number_alone_chooses_on_a_numbered_scale_at_its_ends_too(
    text: str, place: int | None
) -> None:
    numbered = ("1 – never justifiable", "2", "10 – always justifiable")
    assert chosen_option(text, ("A", "B", "C"), numbered) == place


def test_a_number_chooses_nothing_among_words() -> None:
    assert chosen_option("1", LETTERS, TEXTS) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Answer: B", 1), ("The answer is B.", 1), ("My choice would be C: Not very much", 2),
        ("Option C", 2), ("Option A is closest to my view.", 0), ("I pick B because it fits.", 1),
        ('I would say "Not very much".', 2), ("**Answer:** (D)", 3), ("\\boxed{C}", 2),
        ("So it is \\boxed{\\text{B}}.", 1), ('{"answer": "C"}', 2),
        ('```json\n{"choice": "D"}\n```', 3),
        ("Respuesta: C", 2), ("Réponse : B", 1), ("Antwort: D) None at all", 3), ("答案：C", 2),
        ("回答はBです。", 1), ("الإجابة: B", 1), ("Ｃ", 2), ("Ｂ．", 1), ("C。", 2), ("C、", 2),
        ("b)", 1),
        ("A is too much and D too little. I would go for B.", 1),
        ("Let me weigh A, B and C.\n\nFinal answer: C", 2),
        ("Quite a lot, as they work hard.", 1), ("quite a lot", 1),
        ("A or B", None), ("A, B", None), ("B/C", None), ("Between B and C.", None),
        ("B: None at all", None),
        ("A great deal of people trust it.", None), ("None", None), ("I trust them.", None),
        ("E todos confiam.", None), ("A questão é difícil.", None),
        ("As an AI I cannot pick B.", None),
        ("As an AI I hold no views, but if I had to: B", 1),
        ("Quite a lot or not very much.", None), ("ج", None),
    ],
)  # fmt: skip
def test_a_choice_is_found_wherever_it_stands(text: str, place: int | None) -> None:
    assert chosen_option(text, LETTERS[:4], TRUST, ENGLISH) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("7", 6), ("7/10", 6), ("7 / 10", 6), ("7 out of 10", 6), ("10 out of 10", 9),
        ("I would say 7.", 6),
        ("**7**", 6), ("Seven", 6), ("seven.", 6), ("٧", 6), ("७", 6), ("７", 6), ("7。", 6),
        ("7点", 6),
        ("On a scale of 1 to 10, I would place it at 7.", 6),
        ("Auf einer Skala von 1 bis 10: 3", 2),
        ("從1到10，我選4。", 3), ("1 (never justifiable)", 0), ("10 (always justifiable)", 9),
        ("10/10", 9),
        ("7-8", None), ("7 - 8", None), ("7–8", None), ("7 or 8", None), ("between 6 and 7", None),
        ("7.5", None), ("7,5", None), ("٧-٨", None), ("11", None), ("0", None),
        ("One could say so.", None),
        ("It is 3. Or rather 4.", 3),
    ],
)  # fmt: skip
def test_a_number_is_a_choice_in_any_digits_and_a_range_is_none(
    text: str, place: int | None
) -> None:
    assert chosen_option(text, tuple("ABCDEFGHIJ"), SCALE, ENGLISH) == place


@given(st.text(max_size=200))
def test_any_text_names_an_option_or_none(text: str) -> None:
    for options in (TRUST, SCALE):
        assert chosen_option(text, tuple("ABCDEFGHIJ")[: len(options)], options) in {
            None, *range(len(options)),
        }  # fmt: skip
