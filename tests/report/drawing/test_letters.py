"""Widths of texts: as wide as the font's letters, and shortened in the middle to fit."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.report.drawing.letters import CUT, fitted, text_width


@pytest.mark.parametrize(
    "text", ["gemma_2_27b_it", "Western Europe (UK)", "São Tomé, Ærø", "−0.25"]
)
def test_a_text_is_as_wide_as_the_letters_of_the_font(text: str) -> None:
    font = TTFont(f"{mpl.get_data_path()}/fonts/ttf/DejaVuSans.ttf")
    letters, widths = font.getBestCmap(), font["hmtx"]
    exact = sum(widths[letters[ord(letter)]][0] for letter in text) / font["head"].unitsPerEm
    assert text_width(text, 10) == pytest.approx(10 * exact, rel=0.05)


@given(st.text(max_size=120), st.floats(10, 200))
def test_a_text_fits_its_room_or_is_two_letters(text: str, room: float) -> None:
    short = fitted(text, 7, room)
    assert text_width(short, 7) <= room or len(short) == 2
    if short != text:
        begin, end = short.split(CUT)[0], short.split(CUT)[-1]
        assert text.startswith(begin) and text.endswith(end)
        assert text_width(text, 7) > room


def test_both_ends_of_a_long_name_stay() -> None:
    short = fitted("meta-llama/Llama-3.3-70B-Instruct-of-a-very-long-name-v2", 7, 90)
    assert short.startswith("meta-llama") and short.endswith("name-v2")
