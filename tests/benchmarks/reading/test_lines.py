"""Options that an answer repeats as they were put choose nothing; what follows them does."""

from __future__ import annotations

import pytest

from culture_ray.benchmarks.reading.option import read_option
from culture_ray.benchmarks.reading.unread import Unread

CITIES = ("Paris", "London", "New York", "York")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("A) Paris B) London C) New York D) York\nAnswer: B", 1),
        ("Options: A. Paris, B. London, C. New York, D. York. Answer: B", 1),
        ("A. Paris\nB. London\nC. New York\nD. York\n\nC. New York", 2),
        ("Which? (A) Paris (B) London (C) New York (D) York. It is York.", 3),
        ("Given A: Paris, B: London or C: New York, I choose C.", 2),
    ],
)
def test_an_answer_below_the_repeated_options_is_read(text: str, place: int) -> None:
    assert read_option(text, "ABCD", CITIES) == place


@pytest.mark.parametrize(
    "text",
    ["A) Paris B) London C) New York D) York",
     "A. Paris ❌\nB. London ✅\nC. New York ❌\nD. York ❌",
     "A. Paris\nB. London", "[ ] A [x] B [ ] C [ ] D"],
)  # fmt: skip
def test_the_repeated_options_alone_choose_none(text: str) -> None:
    assert read_option(text, "ABCD", CITIES) is Unread.CONTRADICTION


def test_texts_with_signs_of_patterns_are_told_too() -> None:
    texts = ("1.5 (a+b)", "c*d [x]", "?")
    assert read_option("A) 1.5 (a+b) B) c*d [x]\nAnswer: A", "ABC", texts) == 0
