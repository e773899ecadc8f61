"""Paired differences between two runs: a line per cell, or per mean if there are many cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pyarrow as pa

from culture_ray.report.drawing.palette import GRID, INK
from culture_ray.report.drawing.panel import Panel
from culture_ray.report.drawing.shapes import Look
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, FigureSheet, Missing, Plot
from culture_ray.report.drawing.ticks import named_ticks

_PANELS = {
    "alignment_language": "Alignment with speakers",
    "us_minus_native": "US bias",
    "self_consistency": "Self-consistency",
}
_MAX_LINES = 48
"""Limit on lines; with more cells, means are drawn."""
_TITLE = "Differences between two runs"
_NAMES = ("model", "model_second", "language", "protocol", "persona", "judge_first", "judge_second")

Row = Mapping[str, Any]


def differences(table: pa.Table, names: tuple[str, str]) -> Plot | Missing:
    """Return the figure of a table of DIFFERENCES; `names` are the names of the two runs."""
    known = [
        row
        for row in table.to_pylist()
        if row["figure"] in _PANELS and row["difference"] is not None
    ]
    cells = [row for row in known if row["scope"] == "cell"]
    if not cells:
        reason = "The two runs cannot be compared: each measure is undefined in one of them."
        return Missing("differences", _TITLE, reason)
    many = len({_line_name(row, brief=False) for row in cells}) > _MAX_LINES
    drawn = [row for row in known if row["scope"] != "cell"] if many else cells
    unit = "Means over models and over languages" if many else "One line per model and language"
    elicitations = {_protocol_and_judges(row) for row in drawn}
    brief = len(elicitations) == 1
    common = f" ({min(elicitations)})" if brief else ""
    lines = [(_line_name(row, brief=brief), row) for row in sorted(drawn, key=_order)]
    return Plot(
        "differences",
        _TITLE,
        f"{names[1]} minus {names[0]}{common}, over the topics answered in both runs, with 95 % "
        f"intervals over topics. {unit}; right of zero: higher in {names[1]}. Hollow: no interval.",
        f"Dot plot: differences of {len({name for name, _ in lines})} lines between two runs, "
        "with intervals around zero.",
        lambda width: _draw(lines, names, width),
        (TWO_COLUMNS, ONE_COLUMN),
    )


def _draw(lines: Sequence[tuple[str, Row]], names: tuple[str, str], width: float) -> FigureSheet:
    place = {name: i for i, name in enumerate(dict.fromkeys(name for name, _ in lines))}
    first = {name: row["model"] for name, row in reversed(lines)}
    figures = [name for name in _PANELS if any(row["figure"] == name for _, row in lines)]
    upright = width <= ONE_COLUMN
    page = FigureSheet(width, 0.15 * len(place), len(figures), 1 if upright else len(figures),
                 share_y=not upright, share_x=upright)  # fmt: skip
    page.x_label = f"{names[1]} minus {names[0]}"
    for panel, figure in zip(page.panels, figures, strict=True):
        panel.title = _PANELS[figure]
        panel.rule(x=0, width=0.8)
        panel.x.has_grid, panel.y.has_line = True, False
        for name, row in lines:
            if row["figure"] == figure:
                _mark(panel, row, place[name])
        for above, below in pairwise(place):
            parted = first[above] != first[below]
            panel.rule(y=place[below] - 0.5, colour=GRID, width=0.9 if parted else 0.3)
        panel.y.ticks = named_ticks(list(place))
        panel.y.low, panel.y.high = len(place) - 0.4, -0.6
    return page


def _mark(panel: Panel, row: Row, height: float) -> None:
    """Draw a difference with its interval; hollow without one."""
    is_certain = row["ci_low"] is not None
    if is_certain:
        ends = (row["ci_low"], height, row["ci_high"], height)
        panel.lines([ends], Look(stroke=INK, width=1.1))
    look = Look(fill=INK) if is_certain else Look(stroke=INK)
    panel.marks([row["difference"]], [height], "o", 4, look)


def _order(row: Row) -> tuple[Any, ...]:
    return (row["scope"], *(_natural(row[name] or "") for name in _NAMES))


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a sort key that puts 9b before 27b."""
    return [(int(part or 0), rest) for rest, part in re.findall(r"(\D*)(\d*)", text)]


def _line_name(row: Row, *, brief: bool) -> str:
    """Return the label of a line."""
    both = f"{row['model']} > {row['model_second']}" if row["model_second"] else row["model"]
    name = " ".join(name for name in (both, row["language"]) if name) or "all"
    return name if brief else f"{name} ({_protocol_and_judges(row)})"


def _protocol_and_judges(row: Row) -> str:
    """Return protocol, persona and judges; a judge of both runs is named once."""
    judges = dict.fromkeys(name for name in (row["judge_first"], row["judge_second"]) if name)
    return ", ".join(filter(None, (row["protocol"], row["persona"], " > ".join(judges))))
