"""Data of a figure as CSV: one row per mark, with the exact values of the tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pyarrow as pa

from culture_ray.report.cell_refs import FILES
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.tooltips import Tooltip, TooltipValue

_KEYS = ("title", "subtitle", "model")


def figure_csv(content: ReportContent, tooltips: Sequence[Tooltip | None]) -> str:
    """Return one row per mark that has a tooltip: what it is, and its numbers by their labels.

    A number that is a value of a table is exact; others, such as shares, are as shown. An interval
    has a column for each end.
    """
    tables = _tables(content)
    # Rows as Python objects once per table: a figure may have thousands of marks.
    rows_of = cache(lambda file, column: tables[file].column(column).to_pylist())

    def exact(value: TooltipValue) -> Any:
        source = value.source
        known = source.file in tables and source.how == "value" and len(source.rows) == 1
        return rows_of(source.file, source.column)[source.rows[0]] if known else value.text

    lines: list[dict[str, Any]] = []
    for tooltip in tooltips:
        if tooltip is None:
            continue
        line: dict[str, Any] = dict(
            zip(_KEYS, (tooltip.title, tooltip.subtitle, tooltip.model), strict=True)
        )
        for label, parts in tooltip.lines:
            numbers = [part for part in parts if isinstance(part, TooltipValue)]
            names = [label] if len(numbers) == 1 else [f"{label} {end}" for end in ("low", "high")]
            line |= {name: exact(number) for name, number in zip(names, numbers, strict=False)}
        lines.append(line)
    return _csv(lines)


def _tables(content: ReportContent) -> dict[str, pa.Table]:
    """Return the tables of a report by their files."""
    found: dict[str, pa.Table | None] = {
        FILES[name]: getattr(content, name)
        for name in (
            "distributions", "alignment", "consistency", "quality", "ground_truth", "cells",
            "people", "correlations", "usage", "timeline", "spending", "simultaneous",
            "leaderboard", "topic_gaps", "culture_map",
        )
    }  # fmt: skip
    found |= {FILES[name]: table for name, table in content.judging.items()}
    found |= {r.file: r.table for r in content.regressions.values()}
    found |= {r.rows_file: r.rows for r in content.regressions.values()}
    return {file: table for file, table in found.items() if table is not None and file}


def _csv(lines: Sequence[Mapping[str, Any]]) -> str:
    names = list(dict.fromkeys(name for line in lines for name in line))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()
