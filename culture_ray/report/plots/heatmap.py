"""Heatmap of the alignment of every model and language with every population."""

from __future__ import annotations

import math
from collections.abc import Iterable

from culture_ray.report.cell_values import Row, primary_rows
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.colour_scale import ColourScale
from culture_ray.report.drawing.contrast import readable_on
from culture_ray.report.drawing.palette import GRID, INK, model_numbers
from culture_ray.report.drawing.panel import Panel
from culture_ray.report.drawing.shapes import Look
from culture_ray.report.drawing.sheet import (
    ONE_COLUMN,
    TWO_COLUMNS,
    FigureSheet,
    Missing,
    Plot,
    joined_reasons,
)
from culture_ray.report.drawing.ticks import named_ticks
from culture_ray.report.drawing.tooltips import Tooltip, count_lines, measure_lines
from culture_ray.report.formatting import counted, shown
from culture_ray.report.plots.population_order import clustered_populations, same_note
from culture_ray.report.plots.titles import populations_title
from culture_ray.report.study import ReportPopulation

_TITLE = "Alignment with every population"
_MOST_NUMBERS = 700
"""Most fields with their numbers written in them; the paper has 576."""
_COLOURS = ("#7a3b00", "#d98b3a", "#f6f1ea", "#5f9fcc", "#0a3f6b")


def heatmap(content: ReportContent) -> Plot | Missing:
    """Return the heatmap: models and languages down, populations across, alignment as colour."""
    studied = {m.name for m in content.studied}
    rows = [r for r in primary_rows(content.alignment) if r["model"] in studied]
    figures = {(r["model"], r["language"], r["population"]): r["alignment"] for r in rows}
    if not any(v is not None for v in figures.values()):
        reasons = joined_reasons([r["reason"] for r in rows])
        return Missing("alignment_map", _TITLE, f"Alignment cannot be mapped: {reasons}.")
    compared = {r["population"] for r in rows}
    people = [p for p in clustered_populations(content) if p.id in compared]
    written = len(people) * len(studied) * len(content.languages) <= _MOST_NUMBERS
    limit = scale_limit(figures.values())
    found = {(r["model"], r["language"], r["population"]): r for r in rows}
    return Plot(
        "alignment_map",
        populations_title(content),
        f"Spearman correlation of value polarity, from {shown(-limit, 1)} (brown) through 0 (pale) "
        f"to {shown(limit, 1)} (blue). Outlined: populations that speak the language of the "
        "prompts. Populations that answer alike are side by side."
        + same_note(content)
        + (" Hatched: undefined." if any(v is None for v in figures.values()) else "")
        + ("" if written else " The numbers are in the table of alignments."),
        f"Heatmap of alignment: {counted(len(studied), 'model')} in "
        f"{counted(len(content.languages), 'language')} "
        f"against {len(people)} populations.",
        lambda width: _draw(content, people, figures, written, limit, width),
        (TWO_COLUMNS, ONE_COLUMN),
        tuple(
            _tooltip(found.get((m.name, x.code, p.id)), x.name, p.label or p.id)
            for x in content.languages
            for m in content.studied
            for p in people
        ),
    )


def _tooltip(row: Row | None, language: str, population: str) -> Tooltip | None:
    if row is None:
        return None
    reason = row["reason"] or ""
    return Tooltip(
        f"{row['model']} in {language}",
        f"with {population}",
        row["model"],
        (
            *measure_lines("alignment", "alignment", row, "alignment"),
            *((("undefined", (reason,)),) if reason else ()),
            *count_lines("alignment", row, {"topics": "topics", "responses": "responses"}),
        ),
    )


def symmetric_scale(limit: float) -> ColourScale:
    """Return the scale from -limit (brown) through 0 (pale) to limit (blue)."""
    return ColourScale(_COLOURS, -limit, limit)


def scale_limit(values: Iterable[float | None]) -> float:
    """Return the end of a colour scale that is symmetric about 0, in tenths."""
    largest = max((abs(value) for value in values if value is not None), default=1.0)
    return min(1.0, max(0.1, math.ceil(10 * largest) / 10))


def _draw(
    content: ReportContent,
    people: list[ReportPopulation],
    figures: dict[tuple[str, str, str], float | None],
    written: bool,
    limit: float,
    width: float,
) -> FigureSheet:
    narrow = width <= ONE_COLUMN
    models = [m.name for m in content.studied]
    names = [p.id if narrow and p.kind == "country" else p.label or p.id for p in people]
    page = FigureSheet(width, 0.19 * len(models), len(content.languages), share_x=True,
                 models=model_numbers(content))  # fmt: skip
    scale = symmetric_scale(limit)
    page.colours = scale, "alignment"
    for i, (panel, language) in enumerate(zip(page.panels, content.languages, strict=True)):
        panel.title = language.name
        panel.x.ticks, panel.x.is_turned = named_ticks(names, first=0.5), True
        panel.y.ticks = named_ticks(models, models, first=0.5)
        first = i * len(models) * len(people)
        for line, model in enumerate(models):
            values = [figures.get((model, language.code, p.id)) for p in people]
            fields(panel, line, values, scale, first + line * len(people), model,
                   written=written and not narrow)  # fmt: skip
        for j, population in enumerate(people):
            if language.code in population.languages:
                panel.box((j, 0, j + 1, len(models)), Look(stroke=INK, width=0.9))
        as_fields(panel, len(people), len(models))
    return page


def as_fields(panel: Panel, columns: int, lines: int) -> None:
    """Set the ends of a panel of fields, each one unit wide and high, the first at the top."""
    panel.x.low, panel.x.high, panel.y.low, panel.y.high = 0, columns, lines, 0
    panel.x.has_line = panel.y.has_line = False


def fields(
    panel: Panel, line: int, values: Iterable[float | None], scale: ColourScale, tip: int,
    model: str = "", *, written: bool,
) -> None:  # fmt: skip
    """Draw a line of fields with tooltips from `tip`; with `written`, with their numbers."""
    for j, value in enumerate(values):
        corners = (j, line, j + 1, line + 1)
        if value is None:
            panel.box(corners, Look(), model=model, hatch=GRID)
            panel.words(j + 0.5, line + 0.5, "–", 6, model=model)
            continue
        panel.box(corners, Look(fill=scale(value)), tip=tip + j)
        if written:
            number = shown(value).replace("0.", ".")
            tone = readable_on(scale(value))
            panel.words(j + 0.5, line + 0.5, number, 5.5, tone, model=model)
