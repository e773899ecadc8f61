"""Choices for the questions of a battery, read from one text in any script and layout."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.judging.batteries.answers import BatteryItem, battery_choices
from culture_ray.prompts.phrases import Phrases

TEXTS = ("A great deal", "Quite a lot", "Not very much", "None at all")
LETTERS = ("A", "B", "C", "D")
QUESTIONS = ("How much do you trust the press?", "And the army?", "And the unions?")
TRUST = [BatteryItem(question, LETTERS, TEXTS) for question in QUESTIONS]
WORDS = [BatteryItem(question, (), TEXTS) for question in QUESTIONS]
TEN = ("1 – never justifiable", *map(str, range(2, 10)), "10 – always justifiable")
JUSTIFIABLE = [BatteryItem(f"Is {what} justifiable?", tuple("ABCDEFGHIJ"), TEN) for what in "xyz"]
ANSWERED = [1, 0, 3]
"""Places of the answers B, A and D."""


def read(text: str, items: list[BatteryItem] = TRUST, *, cut_off: bool = False) -> list[int | None]:
    return battery_choices(text, items, Phrases(), cut_off=cut_off)


@pytest.mark.parametrize(
    "text",
    [
        "1. B\n2. A\n3. D",
        "1) B\n2) A\n3) D",
        "**1.** B\n**2.** A\n**3.** D",
        "1: Quite a lot\n2: A great deal\n3: None at all",
        "1. B. Quite a lot\n2. A. A great deal\n3. D. None at all",
        "Question 1: B\nQuestion 2: A\nQuestion 3: D",
        "Here are my answers:\n\n1. B\n2. A\n3. D\n\nI hope this helps.",
        "1. How much do you trust the press? B\n2. And the army? A\n3. And the unions? D",
        "1. And the press?\nB. Quite a lot\n2. And the army?\nA\n3. And the unions?\nD",
        "1. B 2. A 3. D",
        "1. B, 2. A, 3. D",
        "1-B\n2-A\n3-D",
        "1B\n2A\n3D",
        "1 B\n2 A\n3 D",
        "| No. | Answer |\n|---|---|\n| 1 | B |\n| 2 | A |\n| 3 | D |",
        "3. D\n1. B\n2. A",
        "1. B\n2. A\n3. D\n\n1. B\n2. A\n3. D",
        '{"1": "B", "2": "A", "3": "D"}',
        '{"answers": ["B", "A", "D"]}',
        '["Quite a lot", "A great deal", "None at all"]',
        '```json\n[{"question": 3, "answer": "D"}, {"question": 1, "answer": "B"}, '
        '{"question": 2, "answer": "A"}]\n```',
        '{"Q1": {"choice": "B"}, "Q2": {"choice": "A"}, "Q3": {"choice": "D"}}',
        "B\nA\nD",
        "- B\n- A\n- D",
        "B, A, D",
        "Answers:\nB\nA\nD",
        "Quite a lot\nA great deal\nNone at all",
        "١. B\n٢. A\n٣. D",
        "۱- B\n۲- A\n۳- D",
        "१. B\n२. A\n३. D",
        "১। B\n২। A\n৩। D",
        "๑. B\n๒. A\n๓. D",
        "一、B\n二、A\n三、D",
        "第一题：B\n第二题：A\n第三题：D",
        "①B\n②A\n③D",
        "１．B\n２．A\n３．D",
        "問1：B\n問2：A\n問3：D",
        "1번: B\n2번: A\n3번: D",
        "\u200f١) B\n\u200f٢) A\n\u200f٣) D",
        "Вопрос 1. B\nВопрос 2. A\nВопрос 3. D",
        "السؤال ١: B\nالسؤال ٢: A\nالسؤال ٣: D",
    ],
)
def test_an_answer_belongs_to_the_question_whose_number_it_has(text: str) -> None:
    assert read(text) == ANSWERED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. B\n3. D", [1, None, 3]),
        ("2. A", [None, 0, None]),
        ("1. B\n2. I cannot say\n3. D", [1, None, 3]),
        ("1. B\n2. A or B\n3. D", [1, None, 3]),
        ("1. B\n2.\n3. D", [1, None, 3]),
        ("1. B\n1. C\n2. A\n3. D", [None, 0, 3]),
        ("1. B\n2. A\n3. D\n\n1. B\n2. C\n3. D", [1, None, 3]),
        ('{"1": "B", "3": "D"}', [1, None, 3]),
        ('{"1": "B", "2": "A", "1": "C"}', [None, 0, None]),
        ('{"1": "B", "2": null, "3": "D"}', [1, None, 3]),
    ],
)
def test_a_question_without_one_answer_is_unread_and_the_others_are_not(
    text: str, expected: list[int | None]
) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "I would rather not answer.", "B", "B\nA", "B\nA\nD\nC", '["B", "A"]', "B, A",
        "B, A, D, C", "1-3: B", "I trust them quite a lot.",
        "2. B\n3. A\n4. D", "0. B\n1. A\n2. D", "5. B\n6. A\n7. D",
        '{"trust": "B", "army": "A", "unions": "D"}',
        '[{"item": 1, "answer": 2}, {"item": 2, "answer": 1}, {"item": 3, "answer": 4}]',
    ],
)  # fmt: skip
def test_answers_whose_questions_are_uncertain_are_not_guessed(text: str) -> None:
    assert read(text) == [None, None, None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. 7\n2. 1\n3. 10", [6, 0, 9]),
        ("1. 7 2. 1 3. 10", [6, 0, 9]),
        ("1: 7/10\n2: 1\n3: 10 – always justifiable", [6, 0, 9]),
        ("7\n1\n10", [6, 0, 9]),
        ("١. ٧\n٢. ١\n٣. ١٠", [6, 0, 9]),
        ('{"1": 7, "2": 1, "3": 10}', [6, 0, 9]),
        ("1. 7-8\n2. 1\n3. 10", [None, 0, 9]),
        ("1. G\n2. A\n3. J", [6, 0, 9]),
    ],
)
def test_numbers_that_are_answers_are_told_from_numbers_of_questions(
    text: str, expected: list[int | None]
) -> None:
    assert read(text, JUSTIFIABLE) == expected


def test_options_without_labels_are_named_by_their_text() -> None:
    assert read("1. Quite a lot\n2. A great deal\n3. None at all", WORDS) == ANSWERED
    assert read("1. B\n2. A\n3. D", WORDS) == [None, None, None]


@pytest.mark.parametrize("text", ["1. B\n2. A\n3. D", "B\nA\nD", '{"1": "B", "2": "A", "3": "D'])
def test_the_last_answer_of_a_text_that_was_cut_off_does_not_count(text: str) -> None:
    ends_early = read(text, cut_off=True)
    assert ends_early[2] is None
    assert ends_early in ([1, 0, None], [None, None, None])
    assert read("1. B\n2. A\n3. D\n", cut_off=True) == ANSWERED


def test_a_battery_of_one_question_is_read_with_or_without_a_number() -> None:
    assert read("1. B", TRUST[:1]) == [1]
    assert read("I would say quite a lot.", TRUST[:1]) == [1]
    assert read("B", TRUST[:1], cut_off=True) == [None]


_PLACES = st.lists(st.integers(0, 3), min_size=3, max_size=3)
_DIGITS = st.sampled_from(
    ["0123456789", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "๐๑๒๓๔๕๖๗๘๙", "０１２３４５６７８９"]
)


@given(
    _PLACES,
    _DIGITS,
    st.sampled_from([". ", ") ", ": "]),
    st.sampled_from(list(permutations(range(3)))),
)
def test_any_numbered_list_is_read_in_any_order_and_digits(
    places: list[int], digits: str, stop: str, order: tuple[int, ...]
) -> None:
    lines = [f"{digits[number + 1]}{stop}{LETTERS[places[number]]}" for number in order]
    assert read("\n".join(lines)) == places


@given(_PLACES, st.sampled_from([0, 1, 2]))
def test_an_answer_left_out_changes_no_other(places: list[int], gone: int) -> None:
    answers = {str(n + 1): LETTERS[place] for n, place in enumerate(places) if n != gone}
    expected = [None if n == gone else place for n, place in enumerate(places)]
    assert read(json.dumps(answers)) == expected
    assert read("\n".join(f"{number}. {letter}" for number, letter in answers.items())) == expected


@given(st.text(max_size=60))
def test_reading_never_fails(text: str) -> None:
    assert len(read(text)) == 3
