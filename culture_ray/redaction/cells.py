"""Cells of a spreadsheet: text from outside never becomes a formula, and is read back as it was."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""Start of a text that a spreadsheet runs, apostrophes before it included."""


def text_cell(text: str) -> str:
    """Return a text as a cell: with an apostrophe before what a spreadsheet would run."""
    return f"'{text}" if _FORMULA.match(text) else text


def csv_of(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV with commas and newlines; a row with a carriage return is quoted."""
    out = io.StringIO()
    plain = csv.writer(out, lineterminator="\n")
    quoted = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in rows:
        (quoted if any("\r" in cell for cell in row) else plain).writerow(row)
    return out.getvalue()


def cell_text(cell: str) -> str:
    """Return the text of a cell, the inverse of `text_cell`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
