"""Values of another type than expected count as missing, and every text can be stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.openai.answers.fields import (
    LARGEST_COUNT,
    count_of,
    items_of,
    mapping_of,
    number_of,
    storable,
    text_of,
)


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (80, 80),
        ("80", 80),
        (" 80.2 ", 81),
        (50.5, 51),
        (0, 0),
        (-1, None),
        ("-1", None),
        (True, None),
        (None, None),
        ([80], None),
        ("eighty", None),
        ("1e3", None),
        (float("nan"), None),
        (float("inf"), None),
        (LARGEST_COUNT + 1, None),
        (10**400, None),
        ("9" * 5000, None),
    ],
)
def test_a_count_is_a_whole_believable_number_rounded_up(value, count):
    assert count_of(value) == count


def test_values_of_other_types_are_missing():
    assert text_of(5) is None
    assert mapping_of([1]) == {}
    assert list(items_of({"a": 1})) == []
    assert number_of("1") is None
    assert number_of(10**400) is None


@given(st.text(st.characters(codec=None)))
def test_a_storable_text_is_utf_8_without_nul(text):
    stored = storable(text)
    stored.encode()
    assert "\0" not in stored
    assert storable(stored) == stored


def test_a_pair_of_surrogates_is_the_character_it_stands_for():
    assert storable("\ud83d\ude00 \ud83d") == "\N{GRINNING FACE} \N{REPLACEMENT CHARACTER}"
