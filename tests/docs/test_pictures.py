"""A picture of a terminal is drawn from what it showed, and fetches nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pictures import IMAGES, terminal_svg


@pytest.mark.parametrize("picture", sorted(IMAGES.glob("*.svg")), ids=lambda path: path.name)
def test_a_drawn_picture_fetches_nothing(picture: Path) -> None:
    addresses = set(re.findall(r"(?:https?:)?//[^\s\"')]+", picture.read_text("utf-8")))
    assert addresses <= {"http://www.w3.org/2000/svg"}


def test_a_terminal_becomes_a_picture_with_its_words_and_colours() -> None:
    svg = terminal_svg("stage  left\n\x1b[1;31melicit stopped\x1b[0m\n", "a sweep")
    assert "font-face" not in svg
    assert "https" not in svg
    assert "elicit&#160;stopped" in svg
    assert "a&#160;sweep" in svg
    assert re.search(r"fill: #(?!c5c8c6)\w{6};font-weight: bold", svg)
