"""Figure of a benchmark that reads layers: probability of words after each layer of a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from culture_ray.report.cell_values import as_float
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.legend import Entry, Legend
from culture_ray.report.drawing.markers import marker_look
from culture_ray.report.drawing.shapes import Look
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, FigureSheet, Plot
from culture_ray.report.drawing.tooltips import Tooltip, measure_lines
from culture_ray.report.plots.benchmarks.panels import (
    Rows,
    columns_at,
    first_panels,
    left_out,
    panels_at,
)

_CATEGORY = re.compile(r"(.+), layer (\d+)")
_HEIGHT = 1.2
"""Inches of a panel."""
_SHADES = ("#0072b2", "#d55e00", "#009e73", "#b8568f", "#56a0d0", "#c98a00")
_MARKERS = ("o", "s", "^", "D", "v", "P")


def layer_of(row: dict[str, Any]) -> tuple[str, int] | None:
    """Return the name of the words and the layer of a row; None for a figure of no layer."""
    found = _CATEGORY.fullmatch(row["category"] or "")
    return (found[1], int(found[2])) if found else None


def layer_plot(content: ReportContent, name: str, rows: Rows) -> Plot:
    """Return the lines of a benchmark's words over layers, a panel per model, language, condition.

    `rows` are figures of layers of single languages that have a value.
    """
    panels: dict[str, Rows] = {}
    several = len({row["condition"] for row in rows}) > 1
    for row in rows:
        label = f"{row['model']}, {row['language']}"
        panels.setdefault(f"{label}, {row['condition']}" if several else label, []).append(row)
    drawn = first_panels(panels)
    words = list(dict.fromkeys(word for row in rows if (word := _word(row))))
    return Plot(
        f"benchmark_{name}_layers",
        f"{name}: words after each layer",
        "Mean probability of the words as the next one, if the model ended after the layer. Lines "
        f"are 95 % intervals over item clusters.{left_out(panels, drawn, _HEIGHT)}",
        f"Lines of {len(words)} groups of words over layers, in {len(drawn)} panels.",
        lambda width: _draw(panels_at(width, drawn, _HEIGHT), words, width),
        (TWO_COLUMNS, ONE_COLUMN),
        tuple(_tooltip(row) for own in drawn.values() for row in own),
    )


def _word(row: dict[str, Any]) -> str:
    found = layer_of(row)
    return found[0] if found else ""


def _tooltip(row: dict[str, Any]) -> Tooltip:
    return Tooltip(
        f"{row['model']}, in {row['language']}",
        row["category"],
        row["model"],
        measure_lines("probability", "benchmarks", row, "value"),
    )


def _draw(panels: dict[str, Rows], words: Sequence[str], width: float) -> FigureSheet:
    columns = columns_at(width, len(panels))
    page = FigureSheet(width, _HEIGHT, len(panels), columns, share_y=True)
    number = 0
    for panel, (label, own) in zip(page.panels, panels.items(), strict=True):
        panel.title, panel.x.label, panel.y.has_grid, panel.y.low = label, "layer", True, 0
        for row in own:
            found = layer_of(row)
            assert found is not None
            marker, colour = _style(words.index(found[0]))
            value, low, high = (as_float(row[name]) for name in ("value", "ci_low", "ci_high"))
            assert value is not None
            if low is not None and high is not None:
                ends = (found[1], max(low, 0.0), found[1], high)
                panel.lines([ends], Look(stroke=colour, width=0.8))
            look = marker_look(marker, colour)
            panel.marks([found[1]], [value], marker, 3.5, look, tip=number)
            number += 1
    entries = []
    for i, word in enumerate(words):
        marker, colour = _style(i)
        entries.append(Entry(word, marker_look(marker, colour), marker))
    page.legend, page.is_legend_below = Legend(tuple(entries)), True
    return page


def _style(place: int) -> tuple[str, str]:
    """Return marker and colour of a group of words; no two of the first thirty are alike."""
    count = len(_SHADES)
    return _MARKERS[(place + place // count) % count], _SHADES[place % count]
