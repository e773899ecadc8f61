"""Numbers of data files are read as programs write them; other texts are told."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from culture_ray.errors import BadTable
from culture_ray.survey.microdata.files.numbers import numbers

BLANKS = [
    "", " ", ".", ".a", ".Z", "NA", "n/a", "NaN", "NULL", "None", "<NA>", "#N/A", "#NULL!", "-",
]  # fmt: skip
NUMBERS = {
    "1": 1.0, " 2 ": 2.0, "3.0": 3.0, "1,5": 1.5, "1.5": 1.5, "1e-3": 0.001, "-99": -99.0,
    "\N{MINUS SIGN}4": -4.0, "\N{ARABIC-INDIC DIGIT FIVE}": 5.0, "+6": 6.0,
}  # fmt: skip


def test_marks_of_missing_values_are_blank_and_numbers_are_read() -> None:
    column = pa.array([*NUMBERS, *BLANKS, None], pa.string())
    expected = [*NUMBERS.values(), *[np.nan] * (len(BLANKS) + 1)]
    np.testing.assert_array_equal(numbers("a file", "w", column, "numbers"), expected)
    np.testing.assert_array_equal(numbers("f", "w", pa.array([1.0, None]), ""), [1.0, np.nan])


@pytest.mark.parametrize("text", ["Never", "1.234,5", "1_0", "--", "7 or 8", ".ab"])
def test_a_text_that_is_no_number_is_told_with_the_number_of_others(text: str) -> None:
    expected = f"f.csv: column w holds text instead of numbers, '{text}'; write numbers"
    with pytest.raises(BadTable) as caught:
        numbers("f.csv", "w", pa.array(["1", text, text]), "write numbers")
    assert str(caught.value) == expected
    with pytest.raises(BadTable, match=f"'{text}' and 2 other texts"):
        numbers("f.csv", "w", pa.array([text, "often", "seldom"]), "write numbers")
