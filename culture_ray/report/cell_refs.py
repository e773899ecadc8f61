"""References from a number on the page to the table cells that it is computed from.

Every number in a table or a finding carries its reference in attributes: `data-table` is a file of
the run directory, `data-row` its rows (counted from 0), `data-column` its columns, and `data-how`
the operation applied to them. A test reads the attributes back and recomputes every number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from markupsafe import Markup

from culture_ray.tables import TABLES

ROW = "#"
"""Key of a row's index in its table, in the rows that `numbered_rows` returns."""

_NAMES = (
    "distributions", "alignment", "consistency", "quality", "ground_truth", "cells", "simultaneous",
    "robustness", "usage", "people", "timeline", "spending", "exclusions", "leaderboard",
    "topic_gaps", "culture_map", "label_corrected", "equivalence", "benchmarks",
    "benchmark_quality", "rating_quality", "rating_agreement", "capability_slopes",
    "item_assumptions", "influence", "item_functioning", "bayesian", "groups", "outcomes",
)  # fmt: skip
_SHORT_NAMES = {
    "correlations": "people_correlations",
    "agreement": "judge_agreement",
    "moves": "judge_moves",
    "regressions": "judge_regressions",
    "reliability": "judge_reliability",
}

FILES = {name: TABLES[name].file for name in _NAMES} | {
    short: TABLES[name].file for short, name in _SHORT_NAMES.items()
}
"""Table of a report -> file of the run directory."""

OPERATIONS = {
    "value": "the value itself",
    "sum": "the sum over the rows",
    "mean": "the mean over the rows",
    "rows": "the number of rows",
    "distinct": "the number of distinct values in the column",
    "null": "the number of rows whose value is null",
    "above zero": "the number of rows whose value is above 0",
    "below zero": "the number of rows whose value is below 0",
    "true": "the number of rows whose value is true",
    "least": "the smallest value",
    "most": "the largest value",
    "clear of zero": "the number of rows whose two values are both above 0 or both below 0",
    "percent": "100 times the sum of the first column over that of the second",
    "share": "100 times the sum of the first column over that of all columns",
    "begin": "the earliest time",
    "end": "the latest end, from a start time and a duration in seconds",
    "from begin to end": "the seconds from the earliest time to the latest end",
    "first minus mean of the rest": "the value of the first row minus the mean of the others",
    "2 / sqrt(n - 1)": "the rank correlation that chance alone produces, for the value n",
    "0.05 n": "the number expected by chance at the 5 % level, for n rows",
}
"""Value of `data-how` -> its meaning."""


@dataclass(frozen=True)
class CellRef:
    """Reference to the table cells that a number is computed from."""

    file: str
    """Relative to the run directory."""
    rows: tuple[int, ...]
    """Counted from 0."""
    column: str = ""
    """One column, or several separated by blanks; empty where rows are counted."""
    how: str = "value"
    """One of OPERATIONS."""

    def attributes(self) -> Markup:
        """Return the reference as HTML attributes."""
        return Markup('data-table="{}" data-row="{}" data-column="{}" data-how="{}"').format(
            self.file, " ".join(map(str, self.rows)), self.column, self.how
        )


def numbered_rows(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows of a table, each with its index in the table under `ROW`."""
    rows: list[dict[str, Any]] = table.to_pylist()
    return [row | {ROW: index} for index, row in enumerate(rows)]


def cell_ref(
    table: str, rows: Iterable[Mapping[str, Any]], column: str = "", how: str = "value"
) -> CellRef:
    """Return the reference of a number computed from numbered rows.

    `table` is a key of FILES or a file of the run directory.
    """
    return CellRef(FILES.get(table, table), tuple(row[ROW] for row in rows), column, how)
