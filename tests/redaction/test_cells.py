"""Cells of a spreadsheet hold text, not formulas, and come back as they were."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.redaction.cells import cell_text, csv_of, text_cell

RUN = "=+-@\t\r\n＝＋－＠"


@given(st.text(st.sampled_from(f"{RUN}' a1\"\n;,") | st.characters(codec="utf-8")))
def test_no_cell_is_run_and_each_comes_back_through_a_file(text):
    assert not text_cell(text).startswith(tuple(RUN))
    written = csv_of([[text_cell(text), "end"]])
    (row,) = csv.reader(io.StringIO(written, newline=""), strict=True)
    assert cell_text(row[0]) == text


@pytest.mark.parametrize("text", ["", "plain", "'Tis nothing", "1. Citizen 1", "a=b", "''"])
def test_other_texts_stay_as_they_are(text):
    assert text_cell(text) == cell_text(text) == text


def test_a_command_becomes_text():
    assert text_cell("=cmd|' /C calc'!A0") == "'=cmd|' /C calc'!A0"
