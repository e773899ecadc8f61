"""Alignment against capability: one panel per language, one mark per model."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.figure import Figure as Sheet

from culture_ray.report.cell_values import Row, interval, number, primary
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.palette import model_styles, numbers
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Missing, Plot, sheet
from culture_ray.report.drawing.tooltips import Tooltip, counts_of, figure_of

_NAME, _TITLE = "capability", "Alignment against capability"
_COUNTS = {"topics": "topics", "responses_with_ground_truth": "responses"}


def capability(content: ReportContent) -> Plot | Missing:
    """Return the scatter of the regression's rows."""
    if content.cells is None:
        return Missing(
            _NAME,
            _TITLE,
            "Alignment is not set against capability: the report was given no capability figures.",
        )
    rows = [
        r
        for r in primary(content.cells)
        if number(r["alignment_language"]) is not None and number(r["capability"]) is not None
    ]
    if not rows:
        return Missing(
            _NAME,
            _TITLE,
            "Alignment is not set against capability: no model of this run has a figure of both.",
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
        "Alignment with the language's speakers against capability in that language (0 to 1). "
        f"{lines}Models differ in more than capability: only the regression asks whether more "
        "capability within a family goes with more alignment.",
        f"Scatter plot of {len(rows)} pairs of capability and alignment, one panel per language.",
        lambda width: _draw(content, rows, width),
        (TWO_COLUMNS, ONE_COLUMN),
        tuple(_tip(content, row) for row in rows),
    )


def _tip(content: ReportContent, row: Row) -> Tooltip:
    spoken = {x.code: x.name for x in content.languages}
    return Tooltip(
        f"{row['model']} in {spoken[row['language']]}",
        model=row["model"],
        lines=(
            *figure_of("alignment", "cells", row, "alignment_language"),
            *figure_of("capability", "cells", row, "capability"),
            *counts_of("cells", row, _COUNTS),
        ),
    )


def _draw(content: ReportContent, rows: list[dict[str, Any]], width: float) -> Sheet:
    look, marks = model_styles(content), Marks(numbers(content))
    shown = [x for x in content.languages if any(r["language"] == x.code for r in rows)]
    columns = min(len(shown), 2 if width <= ONE_COLUMN else 4)
    lines = math.ceil(len(shown) / columns)
    names = [m.name for m in content.models if any(r["model"] == m.name for r in rows)]
    across = 2 if width <= ONE_COLUMN else 4
    page = sheet(width, 0.5 + 1.75 * lines + 0.15 * math.ceil(len(names) / across))
    grid = page.subplots(lines, columns, squeeze=False, sharex=True, sharey=True)
    for i, axes in enumerate(grid.flat):
        if i >= len(shown):
            axes.set_axis_off()
            continue
        axes.set_title(shown[i].name)
        axes.grid()
        axes.tick_params(labelbottom=i + columns >= len(shown))
        for tip, row in enumerate(rows):
            if row["language"] == shown[i].code:
                style = look[row["model"]]
                low, high = interval(row, "alignment_language")
                if low is not None and high is not None:
                    whisker = axes.vlines(
                        row["capability"], low, high, color=style.colour, linewidth=1
                    )
                    marks.of(whisker, row["model"])
                (dot,) = axes.plot(
                    row["capability"],
                    row["alignment_language"],
                    style.marker,
                    color=style.colour,
                    ms=5,
                )
                marks.tell(dot, tip)
    page.supxlabel("capability (0 to 1)", fontsize=7.5)
    page.supylabel("alignment (Spearman correlation)", fontsize=7.5)
    handles = [
        grid[0][0].plot([], [], look[n].marker, color=look[n].colour, ms=5, label=n)[0]
        for n in names
    ]
    legend = page.legend(handles=handles, loc="outside upper center", ncols=min(len(names), across))
    marks.legend(legend, names)
    return page
