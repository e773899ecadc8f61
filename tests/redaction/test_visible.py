"""Control characters are shown, not obeyed."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.redaction.visible import visible, visible_json, visible_line

ANY = st.text(st.characters())


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x9b2J", r"\x9b2J"),
        ("bell\x07 back\x08 \x7f", r"bell\x07 back\x08 \x7f"),
        ("over\rwritten", r"over\rwritten"),
        ("\u202eabc\u2066", r"\u202eabc\u2066"),
        ("tag \U000e0041", r"tag \U000e0041"),
        ("half \ud83d", r"half \ud83d"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467 and \u06cc\u200c\u0647", None),
        ("æøå 漢字", None),
    ],
)
def test_what_a_terminal_would_obey_is_shown(said, shown):
    assert visible(said) == (said if shown is None else shown)


@given(ANY)
def test_nothing_is_left_that_a_terminal_obeys(text):
    shown = visible_line(text)
    for character in shown:
        assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
        assert unicodedata.bidirectional(character) not in (
            "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
        )  # fmt: skip
    assert visible_line(shown) == shown


@given(st.dictionaries(ANY, ANY))
def test_json_keeps_its_value(content):
    text = visible_json(json.dumps(content, ensure_ascii=False))
    assert json.loads(text) == content or any("\ud800" <= c <= "\udfff" for c in str(content))
    assert visible(text) == text


def test_a_message_is_one_line():
    assert visible_line("one\ntwo\r\n\tthree") == r"one\ntwo\r\n\tthree"
