"""Counted labels of people are known by words that repeat and numbers that count."""

from __future__ import annotations

import pytest

from culture_ray.judging.lists.counted import counted_labels
from tests.shipped import SHIPPED

Labels = list[tuple[str, tuple[int, ...]]]


def labels(text: str) -> Labels:
    """Return the text and the people of each label."""
    found = counted_labels(text, SHIPPED)
    return [(text[marker.start : marker.end], marker.numbers) for marker in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Person 1: Yes, it is.\nPerson 2: No, never.",
         [("Person 1: ", (1,)), ("Person 2: ", (2,))]),
        ("1-й участник: Да, можно.\n2-й участник: Нет.",
         [("1-й участник: ", (1,)), ("2-й участник: ", (2,))]),
        ("Persons 1 and 2: yes.\nPersons 3 and 4: no",
         [("Persons 1 and 2: ", (1, 2)), ("Persons 3 and 4: ", (3, 4))]),
    ],
)  # fmt: skip
def test_a_label_ends_after_its_punctuation_and_may_name_several_people(
    text: str, expected: Labels
) -> None:
    assert labels(text) == expected


def test_two_labels_are_enough_with_punctuation_and_three_without() -> None:
    lines = ("Person 1 says yes", "Person 2 says no", "Person 3 is not sure")
    assert labels("\n".join(lines[:2])) == []
    assert [label for label, _ in labels("\n".join(lines))] == ["Person 1", "Person 2", "Person 3"]


def test_words_after_the_number_belong_to_the_label_only_where_they_repeat() -> None:
    assert labels("Person 1 (Ada): yes\nPerson 2 (Ben): no") == [
        ("Person 1", (1,)), ("Person 2", (2,)),
    ]  # fmt: skip
    assert labels("Person 1 (says): yes\nPerson 2 (says): no") == [
        ("Person 1 (says): ", (1,)), ("Person 2 (says): ", (2,)),
    ]  # fmt: skip


def test_a_number_out_of_turn_is_no_label() -> None:
    text = "Person 1: yes\nPerson 3: no\nPerson 2: maybe\nPerson 3: so"
    assert [numbers for _, numbers in labels(text)] == [(1,), (2,), (3,)]
    assert labels("Option 2: yes\nOption 3: no") == []


@pytest.mark.parametrize("text", ["It costs 1\nIt costs 2", "Person 1: yes\nPerson 2: "])
def test_labels_of_which_half_have_no_text_are_none(text: str) -> None:
    assert labels(text) == []


def test_words_that_differ_after_several_people_stay_with_the_item() -> None:
    text = "Persons 1 and 2 from Rome: yes.\nPersons 3 and 4 from Oslo: no."
    assert labels(text) == [("Persons 1 and 2", (1, 2)), ("Persons 3 and 4", (3, 4))]
