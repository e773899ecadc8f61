"""Scatter plot of alignment against capability: a panel per language, a mark per model."""

from __future__ import annotations

from typing import Any

from culture_ray.report.cell_values import Row, as_float, interval, primary_rows
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.legend import from_models
from culture_ray.report.drawing.markers import marker_look
from culture_ray.report.drawing.palette import model_numbers, model_styles
from culture_ray.report.drawing.shapes import Look
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, FigureSheet, Missing, Plot
from culture_ray.report.drawing.tooltips import Tooltip, count_lines, measure_lines

_NAME, _TITLE = "capability", "Alignment against capability"
_COUNTS = {"topics": "topics", "responses_with_ground_truth": "responses"}


def capability(content: ReportContent) -> Plot | Missing:
    """Return the scatter plot of alignment against capability."""
    if content.cells is None:
        return Missing(
            _NAME,
            _TITLE,
            "Alignment cannot be plotted against capability: no capability scores are available.",
        )
    rows = [
        r
        for r in primary_rows(content.cells)
        if as_float(r["alignment_language"]) is not None and as_float(r["capability"]) is not None
    ]
    if not rows:
        return Missing(
            _NAME,
            _TITLE,
            "Alignment cannot be plotted against capability: no model of this run has values of "
            "both.",
        )
    with_interval = sum(interval(r, "alignment_language")[0] is not None for r in rows)
    lines = "Lines are 95 % intervals. " if with_interval == len(rows) else (
        f"Lines are 95 % intervals, available for {with_interval} of {len(rows)} marks. "
        if with_interval
        else "No intervals are available. "
    )  # fmt: skip
    return Plot(
        _NAME,
        _TITLE,
        "Alignment with the speakers of a language against capability in that language (0 to 1). "
        f"{lines}Models differ in more than capability; only the regression tests whether higher "
        "capability within a family goes with higher alignment.",
        f"Scatter plot of {len(rows)} pairs of capability and alignment, one panel per language.",
        lambda width: _draw(content, rows, width),
        (TWO_COLUMNS, ONE_COLUMN),
        tuple(_tooltip(content, row) for row in rows),
    )


def _tooltip(content: ReportContent, row: Row) -> Tooltip:
    language_names = {x.code: x.name for x in content.languages}
    return Tooltip(
        f"{row['model']} in {language_names[row['language']]}",
        model=row["model"],
        lines=(
            *measure_lines("alignment", "cells", row, "alignment_language"),
            *measure_lines("capability", "cells", row, "capability"),
            *count_lines("cells", row, _COUNTS),
        ),
    )


def _draw(content: ReportContent, rows: list[dict[str, Any]], width: float) -> FigureSheet:
    styles = model_styles(content)
    shown = [x for x in content.languages if any(r["language"] == x.code for r in rows)]
    names = [m.name for m in content.models if any(r["model"] == m.name for r in rows)]
    across = 2 if width <= ONE_COLUMN else 4
    page = FigureSheet(width, 1.35, len(shown), min(len(shown), across), share_x=True, share_y=True,
                 models=model_numbers(content))  # fmt: skip
    page.x_label, page.y_label = "capability (0 to 1)", "alignment (Spearman correlation)"
    page.legend = from_models(names, styles, across)
    for panel, language in zip(page.panels, shown, strict=True):
        panel.title = language.name
        panel.x.has_grid = panel.y.has_grid = True
        for tooltip, row in enumerate(rows):
            if row["language"] != language.code:
                continue
            style = styles[row["model"]]
            low, high = interval(row, "alignment_language")
            x, y = row["capability"], row["alignment_language"]
            if low is not None and high is not None:
                look = Look(stroke=style.colour)
                panel.lines([(x, low, x, high)], look, model=row["model"])
            look = marker_look(style.marker, style.colour)
            panel.marks([x], [y], style.marker, 5, look, tip=tooltip)
    return page
