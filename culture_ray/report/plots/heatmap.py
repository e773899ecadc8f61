"""Heatmap of the alignment of every model and language with every population."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure as Sheet
from matplotlib.patches import Rectangle

from culture_ray.report.cell_values import Row, primary_rows
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.palette import GRID, INK, MUTED, model_numbers
from culture_ray.report.drawing.sheet import (
    ONE_COLUMN,
    PAGE_HEIGHT,
    TWO_COLUMNS,
    Missing,
    Plot,
    fitting_font,
    hide_ticks,
    joined_reasons,
    sheet,
)
from culture_ray.report.drawing.tooltips import Tooltip, count_lines, measure_lines
from culture_ray.report.formatting import counted, shown
from culture_ray.report.plots.population_order import clustered_populations, same_note
from culture_ray.report.plots.titles import populations_title
from culture_ray.report.study import ReportPopulation

_TITLE = "Alignment with every population"
_MOST_NUMBERS = 700
"""Most fields with their numbers written in them; the paper has 576."""
ON_LIGHT, ON_DARK = "#000001", "#fffffe"
# Colours outside the palette, so that numbers in a coloured field do not change with the theme.

COLOURS = LinearSegmentedColormap.from_list(
    "polarity", ["#7a3b00", "#d98b3a", "#f6f1ea", "#5f9fcc", "#0a3f6b"]
)


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
        "prompts. Populations that answer alike stand beside each other."
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
) -> Sheet:
    narrow = width <= ONE_COLUMN
    models = [m.name for m in content.studied]
    count = len(models) * len(content.languages)
    names = [p.id if narrow and p.kind == "country" else p.label or p.id for p in people]
    labels = 0.06 * max(map(len, names))
    besides = 0.2 + labels + 0.22 * len(content.languages)
    page = sheet(width, besides + 0.19 * count)
    font = fitting_font(count, PAGE_HEIGHT - besides)
    marks = Marks(model_numbers(content))
    blocks = page.subplots(len(content.languages), 1, squeeze=False, sharex=True)[:, 0]
    for i, (axes, language) in enumerate(zip(blocks, content.languages, strict=True)):
        values = [[figures.get((m, language.code, p.id)) for p in people] for m in models]
        grid = np.array([[np.nan if v is None else v for v in line] for line in values], float)
        image = axes.pcolormesh(grid, cmap=COLOURS, vmin=-limit, vmax=limit, rasterized=False)
        marks.attach_tooltip(image, i * grid.size)
        axes.set_title(language.name, pad=3)
        axes.set_yticks([k + 0.5 for k in range(len(models))], models, fontsize=font)
        marks.axis(axes.yaxis, models)
        axes.set_ylim(len(models), 0)
        axes.set_xticks([k + 0.5 for k in range(len(people))])
        axes.set_xticklabels(names, rotation=90)
        axes.tick_params(labelbottom=i == len(blocks) - 1)
        hide_ticks(axes)
        for side in axes.spines.values():
            side.set_visible(False)
        _fields(axes, values, written and not narrow, models, marks, limit)
        for j, population in enumerate(people):
            if language.code in population.languages:
                _outline(axes, j, len(models))
    bar = page.colorbar(image, ax=list(blocks), fraction=0.02, pad=0.01, aspect=30)
    bar.set_label("alignment")
    bar.outline.set_visible(False)
    return page


def _fields(
    axes: Axes,
    values: list[list[float | None]],
    written: bool,
    models: list[str],
    marks: Marks,
    limit: float,
) -> None:
    for i, line in enumerate(values):
        for j, value in enumerate(line):
            if value is None:
                hatch = Rectangle(
                    (j, i), 1, 1, fill=False, hatch="/////", edgecolor=GRID, linewidth=0
                )
                dash = axes.text(
                    j + 0.5, i + 0.5, "–", ha="center", va="center", color=MUTED, fontsize=6
                )
                marks.assign(axes.add_patch(hatch), models[i])
                marks.assign(dash, models[i])
            elif written:
                tone = ON_DARK if abs(value) > 0.62 * limit else ON_LIGHT
                number = shown(value).replace("0.", ".")
                text = axes.text(
                    j + 0.5, i + 0.5, number, ha="center", va="center", color=tone, fontsize=5.5
                )
                marks.assign(text, models[i])


def _outline(axes: Axes, column: int, height: int) -> None:
    axes.add_patch(
        Rectangle((column, 0), 1, height, fill=False, edgecolor=INK, linewidth=0.9, clip_on=False)
    )
