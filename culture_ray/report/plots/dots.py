"""Dot plots with intervals: a panel per language, a line per model, baselines below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from culture_ray.report.cell_values import CellValue, defined_cells
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.markers import marker_look
from culture_ray.report.drawing.palette import GRID, ModelStyle, model_numbers, model_styles
from culture_ray.report.drawing.panel import Panel
from culture_ray.report.drawing.shapes import Look
from culture_ray.report.drawing.sheet import ONE_COLUMN, FigureSheet
from culture_ray.report.drawing.ticks import Tick

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
) -> FigureSheet:
    """Return one panel per language.

    `tooltips` holds the numbers of the tooltips by model and language. With `unit` the axis always
    includes 0 to 1; otherwise it fits the values and zero. `band` is shaded.
    """
    places = _places(content)
    languages = [x for x in content.languages if any(c.language == x.code for c in cells)]
    columns = min(len(languages), 2 if width <= ONE_COLUMN else 4)
    page = FigureSheet(
        width, _LINE * (max(places, default=0.0) + 1.2), len(languages), columns,
        share_x=True, share_y=True, models=model_numbers(content),
    )  # fmt: skip
    page.x_label = label
    styles, limits = model_styles(content), _limits(cells, unit)
    for panel, language in zip(page.panels, languages, strict=True):
        panel.title = language.name
        panel.x.low, panel.x.high = limits
        if band is not None:
            panel.band(*band)
        own = {c.model: c for c in cells if c.language == language.code}
        _fill(panel, content, own, styles, tooltips)
    return page


def _fill(
    panel: Panel,
    content: ReportContent,
    cells: dict[str, CellValue],
    styles: dict[str, ModelStyle],
    tooltips: Mapping[tuple[str, str], int],
) -> None:
    panel.x.has_grid, panel.y.has_line = True, False
    panel.rule(x=0)
    ordered = (*content.studied, *content.baselines)
    places = _places(content)
    assert panel.x.low is not None
    for place, model in zip(places, ordered, strict=True):
        cell, style = cells.get(model.name), styles[model.name]
        if cell is None or cell.value is None:
            panel.words(panel.x.low, place, "– undefined", 6, anchor="start", shift=(2, 0),
                        model=model.name)  # fmt: skip
            continue
        if cell.low is not None and cell.high is not None:
            look = Look(stroke=style.colour, width=1.1)
            panel.lines([(cell.low, place, cell.high, place)], look, model=model.name)
        look = marker_look(style.marker, style.colour)
        tip = tooltips[model.name, cell.language]
        panel.marks([cell.value], [place], style.marker, 5, look, tip=tip)
    if content.baselines and content.studied:
        panel.rule(y=places[len(content.studied)] - 0.75, colour=GRID, width=0.6)
    panel.y.ticks = [Tick(at, m.name, m.name) for at, m in zip(places, ordered, strict=True)]
    panel.y.low, panel.y.high = max(places, default=0) + 0.6, -0.6


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
