"""Dot plots with intervals: a panel per language, a line per model, baselines below."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from culture_ray.report.cell_values import CellValue, defined_cells
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.palette import GRID, MUTED, ModelStyle, model_numbers, model_styles
from culture_ray.report.drawing.sheet import ONE_COLUMN, hide_ticks, sheet

_LINE = 0.17
"""Inches per model."""
_FAMILY_GAP = 0.4
"""Lines between families."""


def dot_panels(
    content: ReportContent,
    cells: Sequence[CellValue],
    label: str,
    width: float,
    *,
    tooltips: Mapping[tuple[str, str], int],
    unit: bool = False,
    band: tuple[float, float] | None = None,
) -> Sheet:
    """Return one panel per language.

    `tooltips` holds the numbers of the tooltips by model and language. With `unit` the axis always
    includes 0 to 1; otherwise it fits the values and zero. `band` is shaded.
    """
    lines_each = max(_places(content), default=0.0) + 1
    languages = [x for x in content.languages if any(c.language == x.code for c in cells)]
    columns = min(len(languages), 2 if width <= ONE_COLUMN else 4)
    lines = math.ceil(len(languages) / columns)
    page = sheet(width, 0.3 + lines * (0.5 + _LINE * (lines_each + 0.3)))
    page.supxlabel(label, fontsize=7.5)
    grid = page.subplots(lines, columns, squeeze=False, sharex=True, sharey=True)
    limits, marks = _limits(cells, unit), Marks(model_numbers(content))
    for i, axes in enumerate(grid.flat):
        if i >= len(languages):
            axes.set_axis_off()
            continue
        own = {c.model: c for c in cells if c.language == languages[i].code}
        axes.set_title(languages[i].name)
        axes.set_xlim(*limits)
        if band is not None:
            axes.axvspan(*band, color=GRID, linewidth=0, zorder=0)
        _panel(axes, content, own, model_styles(content), marks, tooltips)
        axes.tick_params(labelbottom=i + columns >= len(languages))
    return page


def _panel(
    axes: Axes,
    content: ReportContent,
    cells: dict[str, CellValue],
    styles: dict[str, ModelStyle],
    marks: Marks,
    tooltips: Mapping[tuple[str, str], int],
) -> None:
    studied = len(content.studied)
    axes.grid(axis="x")
    axes.axvline(0, color=MUTED, linewidth=0.7, zorder=1)
    ordered = (*content.studied, *content.baselines)
    places = _places(content)
    for place, model in zip(places, ordered, strict=True):
        cell, style = cells.get(model.name), styles[model.name]
        if cell is None or cell.value is None:
            left = axes.get_xlim()[0]
            none = axes.text(left, place, " – undefined", va="center", fontsize=6, color=MUTED)
            marks.assign(none, model.name)
            continue
        if cell.low is not None and cell.high is not None:
            whisker = axes.hlines(place, cell.low, cell.high, color=style.colour, linewidth=1.1)
            marks.assign(whisker, model.name)
        thin = 1.2 if model.baseline else 0.0
        (dot,) = axes.plot(
            cell.value, place, style.marker, color=style.colour, markersize=5, mew=thin, zorder=3
        )
        marks.attach_tooltip(dot, tooltips[model.name, cell.language])
    if content.baselines and studied:
        axes.axhline(places[studied] - 0.75, color=GRID, linewidth=0.6)
    axes.set_yticks(places, [m.name for m in ordered])
    marks.axis(axes.yaxis, [m.name for m in ordered])
    axes.set_ylim(max(places, default=0) + 0.6, -0.6)
    hide_ticks(axes)
    axes.spines["left"].set_visible(False)


def _places(content: ReportContent) -> list[float]:
    """Return the height of each model's line: families apart, and baselines further apart."""
    ordered = (*content.studied, *content.baselines)
    places, at = [0.0], 0.0
    for before, model in pairwise(ordered):
        at += 1.0
        if model.baseline != before.baseline:
            at += 0.5
        elif model.family != before.family:
            at += _FAMILY_GAP
        places.append(at)
    return places[: len(ordered)]


def _limits(cells: Sequence[CellValue], unit: bool) -> tuple[float, float]:
    ends = [0.0, 1.0] if unit else [0.0]
    for cell in defined_cells(cells):
        ends += [v for v in (cell.value, cell.low, cell.high) if v is not None]
    low, high = min(ends), max(ends)
    margin = 0.06 * max(high - low, 0.1)
    return low - margin, high + margin
