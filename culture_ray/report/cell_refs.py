"""Where a number of the page is read off, so that whoever doubts it can look it up.

Every number of a table and of a finding says so in attributes: `data-table` is a file of the run
directory, `data-row` its rows from 0, `data-column` its columns, and `data-how` what is done with
them. A test reads them back and compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from markupsafe import Markup

ROW = "#"
"""Key of a row's place in its table, in the rows that `numbered` returns."""

FILES = {
    "distributions": "distributions.arrow",
    "alignment": "alignment.arrow",
    "consistency": "consistency.arrow",
    "quality": "quality.csv",
    "ground_truth": "ground_truth.csv",
    "cells": "cells.csv",
    "robustness": "robustness.csv",
    "usage": "usage.csv",
    "people": "people.csv",
    "correlations": "people_correlations.csv",
    "timeline": "timeline.arrow",
    "spending": "spending/spending.arrow",
    "exclusions": "exclusions.csv",
    "agreement": "judge_agreement.csv",
    "moves": "judges.csv",
    "regressions": "regression/judges.csv",
    "reliability": "judge_reliability.csv",
}
"""Tables of a report -> files of the run directory."""

HOW = {
    "value": "the figure itself",
    "sum": "the sum over the rows",
    "mean": "the mean over the rows",
    "rows": "how many rows these are",
    "distinct": "how many different values the column has in them",
    "null": "how many of them have no figure there",
    "above zero": "in how many of them the figure is above 0",
    "below zero": "in how many of them the figure is below 0",
    "clear of zero": "in how many of them both figures are above, or both below 0",
    "percent": "100 times the sum of the first column over that of the second",
    "share": "100 times the sum of the first column over that of all columns",
    "begin": "the earliest moment",
    "end": "the latest moment at which something ended that began at a moment and took seconds",
    "from begin to end": "the seconds between these two",
    "first minus mean of the rest": "the figure of the first row minus the mean of the others",
    "2 / sqrt(n - 1)": "what chance does to a rank correlation, of the figure n",
    "0.05 n": "what chance gives at 5 %, of the number n of rows",
}
"""Everything `data-how` may say."""


@dataclass(frozen=True)
class Source:
    """The figures that a number is made of."""

    file: str
    """Of the run directory."""
    rows: tuple[int, ...]
    """From 0."""
    column: str = ""
    """Or several, separated by blanks; empty where rows are counted."""
    how: str = "value"
    """One of HOW."""

    def attributes(self) -> Markup:
        """Return the attributes that carry it."""
        return Markup('data-table="{}" data-row="{}" data-column="{}" data-how="{}"').format(
            self.file, " ".join(map(str, self.rows)), self.column, self.how
        )


def numbered(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows of a table, each with its place in it under `ROW`."""
    rows: list[dict[str, Any]] = table.to_pylist()
    return [row | {ROW: place} for place, row in enumerate(rows)]


def of(
    table: str, rows: Iterable[Mapping[str, Any]], column: str = "", how: str = "value"
) -> Source:
    """Return the source of a number made of numbered rows; `table` is a key of FILES or a file."""
    return Source(FILES.get(table, table), tuple(row[ROW] for row in rows), column, how)
