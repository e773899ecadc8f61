"""Figures of benchmarks: dots with intervals per figure, and bars of distributions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from culture_ray.report.benchmark_rows import benchmark_names, benchmark_rows, row_label
from culture_ray.report.cell_values import as_float
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.palette import (
    GRID,
    MUTED,
    ModelStyle,
    model_numbers,
    model_styles,
)
from culture_ray.report.drawing.sheet import TWO_COLUMNS, Missing, Plot, hide_ticks, sheet
from culture_ray.report.drawing.tooltips import Tooltip, count_lines, measure_lines
from culture_ray.report.plots.benchmarks.layer_lines import layer_of, layer_plot

Rows = list[dict[str, Any]]
_MOST_PANELS = 12
_COLUMNS, _LINE = 3, 0.17
_SHADES = ("#0072b2", "#d55e00", "#009e73", "#b8568f", "#56a0d0", "#c98a00", "#882255", "#7d7d21")
_COUNTS = {"clusters": "item clusters", "unparsable": "unparsable answers"}


def benchmark_plots(content: ReportContent) -> list[tuple[str, Plot | Missing]]:
    """Return the figures of every benchmark of a run, each with the benchmark's name."""
    found: list[tuple[str, Plot | Missing]] = []
    for name in benchmark_names(content):
        rows = [row for row in benchmark_rows(content, name) if row["variant"] == "valid"]
        plain = [row for row in rows if row["category"] is None]
        if plain:
            found.append((name, _dots(content, name, plain)))
        layers = [
            row
            for row in rows
            if layer_of(row) and row["language"] and row["value"] is not None
            and row["group"] is None and row["contrast"] is None
        ]  # fmt: skip
        if layers:
            found.append((name, layer_plot(content, name, layers)))
        shares = [
            row
            for row in rows
            if row["category"] is not None and row["group"] is None and not layer_of(row)
        ]
        if shares:
            found.append((name, _bars(content, name, shares)))
    return found


def _dots(content: ReportContent, name: str, rows: Rows) -> Plot | Missing:
    title = f"{name}: figures and contrasts"
    known = [row for row in _whole(rows) if as_float(row["value"]) is not None]
    if not known:
        return Missing(f"benchmark_{name}", title, f"No figure of {name} has a value.")
    conditions = len({row["condition"] for row in rows if row["contrast"] is None})
    panels: dict[str, Rows] = {}
    for row in known:
        panels.setdefault(row_label(row, conditions), []).append(row)
    drawn = dict(list(panels.items())[:_MOST_PANELS])
    marked = [row for own in drawn.values() for row in own]
    left_out = len(panels) - len(drawn)
    more = f" {left_out} further panels are only in the table." if left_out else ""
    return Plot(
        f"benchmark_{name}",
        title,
        "Dots are means over languages where there are several. Lines are 95 % intervals over item "
        f"clusters, the same items drawn for every model and language.{more}",
        f"Dot plot of {len(marked)} figures of {name} with 95 % intervals, one panel per figure.",
        lambda width: _draw_dots(content, drawn, width),
        (TWO_COLUMNS,),
        tuple(_tooltip(row, conditions) for row in marked),
    )


def _whole(rows: Rows) -> Rows:
    """Return the rows of means over languages, and single languages where there is no mean."""
    keys = [tuple(row[c] for c in ("model", "figure", "group", "contrast")) for row in rows]
    means = {key for row, key in zip(rows, keys, strict=True) if row["language"] is None}
    return [
        row
        for row, key in zip(rows, keys, strict=True)
        if row["language"] is None or key not in means
    ]


def _tooltip(row: dict[str, Any], conditions: int) -> Tooltip:
    where = "mean over languages" if row["language"] is None else f"in {row['language']}"
    return Tooltip(
        f"{row['model']}, {where}",
        row_label(row, conditions),
        row["model"],
        (
            *measure_lines("value", "benchmarks", row, "value"),
            *count_lines("benchmarks", row, _COUNTS),
        ),
    )


def _draw_dots(content: ReportContent, panels: dict[str, Rows], width: float) -> Sheet:
    models = [m.name for m in content.studied]
    lines = max(len(own) for own in panels.values())
    height = math.ceil(len(panels) / _COLUMNS) * (0.45 + _LINE * (max(lines, len(models)) + 0.8))
    page = sheet(width, 0.2 + height)
    lines_of_panels, columns = math.ceil(len(panels) / _COLUMNS), min(_COLUMNS, len(panels))
    grid = page.subplots(lines_of_panels, columns, squeeze=False)
    styles, marks = model_styles(content), Marks(model_numbers(content))
    first = 0
    for axes, (label, own) in zip(grid.flat, panels.items(), strict=False):
        axes.set_title(label)
        _panel(axes, own, styles, marks, first)
        first += len(own)
    for axes in list(grid.flat)[len(panels) :]:
        axes.set_axis_off()
    return page


def _panel(axes: Axes, rows: Rows, styles: dict[str, ModelStyle], marks: Marks, first: int) -> None:
    axes.grid(axis="x")
    axes.axvline(0, color=MUTED, linewidth=0.7, zorder=1)
    for place, row in enumerate(rows):
        style = styles.get(row["model"], ModelStyle(MUTED, "o", -1))
        if row["ci_low"] is not None and row["ci_high"] is not None:
            line = axes.hlines(place, row["ci_low"], row["ci_high"], color=style.colour)
            marks.assign(line, row["model"])
        (dot,) = axes.plot(row["value"], place, style.marker, color=style.colour, markersize=4.5)
        marks.attach_tooltip(dot, first + place)
    labels = [
        row["model"] if row["language"] is None else f"{row['model']} ({row['language']})"
        for row in rows
    ]
    axes.set_yticks(range(len(rows)), labels)
    marks.axis(axes.yaxis, [row["model"] for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    hide_ticks(axes)
    axes.spines["left"].set_visible(False)


def _bars(content: ReportContent, name: str, rows: Rows) -> Plot:
    """Return the shares of a distribution's categories, a bar per model and condition."""
    shown = _whole(rows)
    categories = list(dict.fromkeys(row["category"] for row in shown))
    bars: dict[str, Rows] = {}
    for row in shown:
        where = "" if row["language"] is None else f" ({row['language']})"
        bars.setdefault(f"{row['model']}, {row['condition']}{where}", []).append(row)
    ordered = [row for own in bars.values() for row in own]
    return Plot(
        f"benchmark_{name}_distribution",
        f"{name}: distribution",
        "Shares of the categories. The intervals of each share are in the table.",
        f"Stacked bars of {len(categories)} categories for {len(bars)} models and conditions.",
        lambda width: _draw_bars(bars, categories, width),
        (TWO_COLUMNS,),
        tuple(_tooltip(row, 2) for row in ordered),
    )


def _draw_bars(bars: dict[str, Rows], categories: Sequence[str], width: float) -> Sheet:
    page = sheet(width, 0.8 + 0.2 * len(bars))
    axes = page.subplots()
    marks, number = Marks({}), 0
    for place, own in enumerate(bars.values()):
        left = 0.0
        for row in own:
            share = as_float(row["value"]) or 0.0
            index = categories.index(row["category"])
            label = row["category"] if place == 0 else None
            [bar] = axes.barh(
                place, share, left=left, height=0.7, color=_SHADES[index % len(_SHADES)],
                hatch="//" if index >= len(_SHADES) else None, edgecolor=GRID, linewidth=0.3,
                label=label,
            )  # fmt: skip
            marks.attach_tooltip(bar, number)
            left, number = left + share, number + 1
    axes.set_yticks(range(len(bars)), list(bars))
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    hide_ticks(axes)
    page.legend(loc="outside lower center", ncols=min(4, len(categories)))
    return page
