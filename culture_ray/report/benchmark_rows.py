"""Rows of a benchmark's figures, as figures and tables of the report show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from culture_ray.report.cell_refs import numbered_rows
from culture_ray.report.content import ReportContent

MOST_ROWS = 300
"""Most rows of one benchmark on the page."""


def benchmark_names(content: ReportContent) -> list[str]:
    """Return the benchmarks of a run: those with figures in their order, then those without any."""
    tables = (content.benchmarks, content.benchmark_quality)
    known = [table.column("benchmark").to_pylist() for table in tables if table is not None]
    return list(dict.fromkeys(str(name) for names in known for name in names))


def rows_of_all_judges(content: ReportContent, benchmark: str) -> list[dict[str, Any]]:
    """Return the rows of one benchmark, each with its index in the table."""
    rows = [] if content.benchmarks is None else numbered_rows(content.benchmarks)
    return [row for row in rows if row["benchmark"] == benchmark]


def benchmark_rows(content: ReportContent, benchmark: str) -> list[dict[str, Any]]:
    """Return the rows of one benchmark without figures from ratings by further judges."""
    rows = rows_of_all_judges(content, benchmark)
    judges = judges_of(rows)
    return [row for row in rows if row["judge"] is None or row["judge"] == judges[0]]


def judges_of(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return the judges whose ratings figures are from, the run's first judge before the others."""
    return list(dict.fromkeys(row["judge"] for row in rows if row["judge"] is not None))


def shown_rows(rows: Sequence[dict[str, Any]], most: int = MOST_ROWS) -> list[dict[str, Any]]:
    """Return the rows to show on the page: all, or the ones that say most, in their order.

    Means over languages come before single languages, and whole figures and contrasts before
    groups.
    """
    if len(rows) <= most:
        return list(rows)

    def detail(row: dict[str, Any]) -> int:
        in_group = row["group"] is not None and row["contrast"] is None
        return 2 * in_group + (row["language"] is not None)

    kept = sorted(sorted(rows, key=detail)[:most], key=lambda row: int(row["#"]))
    return list(kept)


def row_label(row: dict[str, Any], conditions: int) -> str:
    """Return the words for a figure: its contrast, name, category, group and condition."""
    parts = [row["contrast"] or row["figure"].replace("_", " ")]
    if row["contrast"] and row["figure"] != "accuracy":
        parts.append(row["figure"].replace("_", " "))
    parts += [part for part in (row["category"], row["group"]) if part]
    if conditions > 1:
        parts.append(row["condition"])
    return ", ".join(parts)
