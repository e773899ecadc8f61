"""Markers hold the numbers of their people, and nothing where a numeral makes no sense."""

from __future__ import annotations

import re

import pytest

from culture_ray.judging.lists import patterns
from culture_ray.judging.lists.marker import marker_of


def test_a_bullet_has_no_numbers() -> None:
    bullet = patterns.BULLET.match("- Yes.")
    assert bullet is not None
    marker = marker_of(bullet)
    assert marker is not None
    assert (marker.numbers, marker.number, marker.people) == ((), None, 1)


@pytest.mark.parametrize(("numerals", "numbers"), [("3-5", (3, 4, 5)), ("5-3", None)])
def test_a_range_rises(numerals: str, numbers: tuple[int, ...] | None) -> None:
    match = re.match(r"(?P<number>\d)-(?P<single_last>\d)", numerals)
    assert match is not None
    marker = marker_of(match)
    assert (marker and marker.numbers) == numbers


@pytest.mark.parametrize(("letter", "number"), [("A", 1), ("c", 3), ("Ａ", 1), ("ｃ", 3)])
def test_letters_of_full_width_count_as_others_do(letter: str, number: int) -> None:
    match = re.match("(?P<letter>.)", letter)
    assert match is not None
    marker = marker_of(match)
    assert marker is not None and marker.number == number
