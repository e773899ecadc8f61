"""Rows of the leaderboard and of the gaps, by what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import Number

Rows = list[dict[str, Any]]


def leaderboard_rows(content: ReportContent) -> Rows:
    """Return the numbered rows of the leaderboard; none if the run has no such table."""
    return [] if content.leaderboard is None else numbered_rows(content.leaderboard)


def overall_row(content: ReportContent) -> dict[str, Any] | None:
    """Return the row over all models and languages."""
    rows = [r for r in leaderboard_rows(content) if r["model"] is None and r["language"] is None]
    return rows[0] if rows else None


def model_rows(content: ReportContent) -> Rows:
    """Return the rows of models over all languages, the first rank first."""
    return of_models(leaderboard_rows(content))


def cell_rows(content: ReportContent) -> Rows:
    """Return the rows of single cells."""
    return of_cells(leaderboard_rows(content))


def of_models(rows: Rows) -> Rows:
    """Return those of models over all languages, the first rank first, those without one last."""
    found = [r for r in rows if r["model"] is not None and r["language"] is None]
    last = float("inf")
    return sorted(found, key=lambda r: (r["rank"] or last, -(r["alignment"] or 0.0)))


def of_cells(rows: Rows) -> Rows:
    """Return those of single cells."""
    return [r for r in rows if r["model"] is not None and r["language"] is not None]


def largest_gaps(content: ReportContent, most: int) -> Rows:
    """Return the largest gaps of the mean over models, as numbered rows."""
    rows = [] if content.topic_gaps is None else numbered_rows(content.topic_gaps)
    return [row for row in rows if row["model"] is None][:most]


def model_gaps(content: ReportContent) -> dict[tuple[str, str], Rows]:
    """Return the gaps of single models by language and topic."""
    rows = [] if content.topic_gaps is None else numbered_rows(content.topic_gaps)
    found: dict[tuple[str, str], Rows] = {}
    for row in rows:
        if row["model"] is not None:
            found.setdefault((row["language"], row["topic"]), []).append(row)
    return found


def leaderboard_number(
    rows: Sequence[dict[str, Any]], column: str, how: str, value: float, digits: int | None = None
) -> Number:
    """Return a number computed from rows of the leaderboard, with its source."""
    return Number(value, digits, cell_ref("leaderboard", rows, column, how))
