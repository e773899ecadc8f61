"""Values of the numerals that number items, from 1 to 99."""

from __future__ import annotations

import pytest

from culture_ray.judging.lists.numerals import value_of


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("7", 7), ("१२", 12), ("〇", 0), ("十", 10), ("二十三", 23), ("🔟", 10), ("ⅳ", 4),
        ("\U00010a40", 1), ("\U00010a43", 4), ("Ⅼ", 50), ("㊿", 50),
    ],
)  # fmt: skip
def test_a_numeral_of_any_script_has_a_value(numeral: str, value: int) -> None:
    assert value_of(numeral) == value


@pytest.mark.parametrize("numeral", ["Ⅽ", "⓿", "一二", "十二三", "二三十", "a", "½"])
def test_what_is_no_number_of_an_item_has_none(numeral: str) -> None:
    assert value_of(numeral) is None
