"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.report.formatting import counted, in_sentence, listed, moment, p_value, shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"), (math.nan, "–"), (0.125, "0.12"), (-0.001, "0.00"), (-0.25, "−0.25"),
        (12345, "12,345"), (-3, "−3"), (math.inf, "∞"), (True, "yes"), ([0.5, None], "0.50, –"),
        ("word", "word"),
    ],
)  # fmt: skip
def test_values_are_shown(value: object, text: str) -> None:
    assert shown(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_a_shown_number_is_the_rounded_number(value: float) -> None:
    assert float(shown(value, 2).replace("−", "-").replace(",", "")) == pytest.approx(
        value, abs=0.005000001
    )


@pytest.mark.parametrize(
    ("name", "within"),
    [("US", "the US"), ("UK", "the UK"), ("Uganda", "Uganda"), ("World", "the world"),
     ("United States", "the United States"), ("Speakers of Dutch", "speakers of Dutch")],
)  # fmt: skip
def test_a_place_has_its_article_within_a_sentence(name: str, within: str) -> None:
    assert in_sentence(name) == within


@given(st.floats(0, 1))
def test_a_p_value_is_never_zero(value: float) -> None:
    assert p_value(value) != "0.000"


def test_a_moment_is_told_in_utc_and_other_words_stay() -> None:
    assert moment("2025-06-01T12:07:33+02:00") == "2025-06-01 10:07 UTC"
    assert moment("yesterday") == "yesterday" and moment("") == ""


def test_lists_and_counts_read_as_english() -> None:
    assert [listed(x) for x in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip
    assert listed(list("abcdefgh")) == "a, b, c, d, e, f and 2 more"
    assert [counted(n, "model") for n in (0, 1, 2)] == ["0 models", "1 model", "2 models"]
