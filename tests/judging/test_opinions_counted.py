"""Responses that count people instead of listing their opinions."""

from __future__ import annotations

import pytest

from culture_ray.judging.lists.summaries import Tally, read_tally
from tests.shipped import SHIPPED, shipped_split


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Seven are in favour, three against.", 10),
        ("Seven out of ten agree, two disagree and one is undecided.", 10),
        ("Syv er for, tre er imod.", 10),
        ("7 ud af 10 går ind for det, 3 er imod.", 10),
        ("Zes zijn voor, drie tegen en één weet het niet.", 10),
        ("Sete são a favor e três contra.", 10),
        ("Oito dos dez concordam, dois discordam.", 10),
        ("Alle tien zijn tegen.", 10),
        ("For: 6\nImod: 4", 10),
        ("- 7 in favour\n- 3 against", 10),
    ],
)
def test_a_summary_counts_people(text: str, people: int) -> None:
    assert shipped_split(text).count == people
    assert shipped_split(text).style == "summary"


def test_a_summary_counts_people_on_their_sides() -> None:
    assert read_tally("Seven are in favour, three against.", SHIPPED) == Tally(favour=7, against=3)
    assert read_tally(
        "Seven out of ten agree, two disagree and one is undecided.", SHIPPED
    ) == Tally(favour=7, against=2, undecided=1)
    assert Tally(favour=3).people == 3


@pytest.mark.parametrize(
    "label",
    [
        "Person {n} of 6: ",
        "Person {n} out of 6 - ",
        "Citizen {n}/6: ",
        "Person {n}, 34: ",
        "Mtu {n} of 6: ",
    ],
)
def test_the_total_beside_a_number_is_no_range_of_people(label: str) -> None:
    text = "\n".join(label.format(n=n) + view for n, view in enumerate(["Yes.", "No."] * 3, 1))
    assert shipped_split(text).count == 6
