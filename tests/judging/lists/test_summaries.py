"""Percentages of people."""

from __future__ import annotations

import pytest

from culture_ray.judging.lists.summaries import read_tally
from culture_ray.judging.prompt import text_for_judge
from tests.judging.lists.views import split
from tests.shipped import SHIPPED


@pytest.mark.parametrize(
    ("text", "asked", "people"),
    [
        ("Among the people, 60% are in favour, 30% are against and 10% are undecided.", 10, 10),
        ("- In favour: 60%\n- Against: 30 %\n- Undecided: 10 percent", 10, 10),
        ("For: 33,3 %\nImod: 66,7 %", 10, 10),
        ("50 procent går ind for det, 50 procent er imod.", 20, 20),
        ("Six (60%) are in favour, four (40%) are against.", 10, 10),
        ("7/10 are in favour, 3/10 are against.", 10, 10),
        ("70% são a favor e 30% contra.", 10, 10),
        ('{"in favour": 7, "against": 3}', 10, 10),
        ("| Side | n |\n|---|---|\n| In favour | 7 |\n| Against | 2 |\n| Undecided | 1 |", 10, 10),
    ],
)
def test_percentages_are_shares_of_the_people_asked_for(text: str, asked: int, people: int) -> None:
    found = split(text, asked)
    assert (found.style, found.count) == ("summary", people)


def test_the_judge_is_told_how_many_people_a_percentage_is() -> None:
    text = "60% are in favour, 40% are against."
    assert text_for_judge(text, split(text, 10)) == f"{text}\n(10 people: 60% = 6, 40% = 4)"


def test_a_percent_of_a_hundred_people_is_one_of_them() -> None:
    tally = read_tally("60% are in favour, 40% are against.", SHIPPED, asked=100)
    assert tally is not None
    assert (tally.favour, tally.against, tally.people) == (60, 40, 100)
