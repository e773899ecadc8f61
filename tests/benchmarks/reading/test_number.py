"""Numbers read from answers, in the digits and separators of their language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.benchmarks.reading.number import equal_numbers, read_number
from culture_ray.benchmarks.reading.unread import Unread


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("42", "en", 42), ("-7", "en", -7), ("−7", "en", -7), ("The answer is 18.", "en", 18),
        ("1,234", "en", 1234), ("1,234.5", "en", 1234.5), ("1.234", "da", 1234),
        ("1.234,5", "da", 1234.5), ("3,5", "da", 3.5), ("3.5", "da", 3.5), ("1.234", "en", 1.234),
        ("1,23,456", "hi", 123456), ("1 234", "fr", 1234), ("1'234", "de-CH", 1234),
        ("1.234", "es", 1234), ("1.234", "es-MX", 1.234), ("1.234.567", "en", 1234567),
        ("٤٢", "ar", 42), ("١٬٢٣٤٫٥", "ar", 1234.5), ("४२", "hi", 42), ("৪২", "bn", 42), ("４２",
        "ja", 42),
        ("四十二", "zh", 42), ("3万", "ja", 30000), ("1万2345円", "ja", 12345), ("$1,000",
        "en", 1000),
        ("3/4", "en", 0.75), ("3 1/2", "en", 3.5), (r"$\frac{3}{4}$", "en", 0.75),
        ("10 - 3 = 7", "en", 7), ("1.5 million", "en", 1500000), ("2 x 10^3", "en", 2000),
        ("50%", "en", 50), ("12 apples", "en", 12), ("3 + 4 = 7", "en", 7),
        ("First 3, then 5, so 8", "en", 8), ("#### 18", "en", 18), (r"\boxed{1{,}000}", "en", 1000),
        ("The answer is 18. There were 3 steps.", "en", 18), ("答案是42。", "zh", 42),
        ("Svaret er 1.500 kroner.", "da", 1500), ("**42**", "en", 42), ("<answer>42</answer>",
        "en", 42),
        ('{"steps": "3+4", "answer": 7}', "en", 7), ("الإجابة: ٧", "ar", 7),
        ("1e3", "en", 1000), ("2.5e-2", "en", 0.025), ("42, not 41", "en", 42),
        ("Not 41 but 42", "en", 42),
    ],
)  # fmt: skip
def test_a_number_is_read_as_its_language_writes_it(
    text: str, language: str, number: float
) -> None:
    assert read_number(text, language) == pytest.approx(number)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Unread.EMPTY),
        ("I do not know.", Unread.NOTHING),
        ("H2O", Unread.NOTHING),
        ("The answer is 5. The answer is 6.", Unread.CONTRADICTION),
        (r"\boxed{5} or \boxed{6}", Unread.CONTRADICTION), ("5-7", Unread.CONTRADICTION),
        ("12:30", Unread.CONTRADICTION),
        ("The answer is 5 or 6.", Unread.CONTRADICTION), ("5 to 7", Unread.CONTRADICTION),
        ("between 5 and 7", Unread.CONTRADICTION), ("Answer: 5 (or 6)", Unread.CONTRADICTION),
        ("not 42", Unread.NOTHING), ("The answer is not 42", Unread.NOTHING),
    ],
)  # fmt: skip
def test_no_number_or_two_are_unparsable(text: str, reason: Unread) -> None:
    assert read_number(text, "en") is reason


def test_with_a_tag_only_the_number_after_it_counts() -> None:
    assert read_number("3 + 4\n#### 7", "en", "####") == 7
    assert read_number("3 + 4 = 7", "en", "####") is Unread.NOTHING


def test_a_tolerance_is_absolute_or_relative() -> None:
    assert equal_numbers(0.1 + 0.2, 0.3)
    assert not equal_numbers(102, 100)
    assert equal_numbers(102, 100, tolerance=2)
    assert equal_numbers(102, 100, relative=0.02)
    assert not equal_numbers(103, 100, relative=0.02)


@pytest.mark.slow
@given(st.integers(-(10**9), 10**9), st.sampled_from(["en", "da", "hi", "ja", "fr"]))
def test_every_whole_number_is_read_in_every_way_of_grouping_it(number: int, language: str) -> None:
    group = {"en": ",", "da": ".", "fr": " "}.get(language, ",")
    assert read_number(f"{number}", language) == number
    assert read_number(f"{number:,}".replace(",", group), language) == number


@given(st.text(max_size=100), st.sampled_from(["en", "da"]))
def test_any_text_has_a_number_or_a_reason(text: str, language: str) -> None:
    assert isinstance(read_number(text, language), float | Unread)
