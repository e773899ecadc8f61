"""Figures of benchmarks: dots with intervals per figure, and bars of distributions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from culture_ray.report.benchmark_rows import benchmark_names, benchmark_rows, row_label
from culture_ray.report.cell_values import as_float
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.legend import Entry, Legend
from culture_ray.report.drawing.markers import marker_look
from culture_ray.report.drawing.palette import (
    GRID,
    MUTED,
    ModelStyle,
    model_numbers,
    model_styles,
)
from culture_ray.report.drawing.panel import Panel
from culture_ray.report.drawing.shapes import Look
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, FigureSheet, Missing, Plot
from culture_ray.report.drawing.ticks import named_ticks
from culture_ray.report.drawing.tooltips import Tooltip, count_lines, measure_lines
from culture_ray.report.plots.benchmarks.layer_lines import layer_of, layer_plot
from culture_ray.report.plots.benchmarks.panels import (
    Rows,
    columns_at,
    first_panels,
    left_out,
    panels_at,
)

_LINE = 0.17
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
    drawn = first_panels(panels)
    marked = [row for own in drawn.values() for row in own]
    height = _height(content, drawn)
    return Plot(
        f"benchmark_{name}",
        title,
        "Dots are means over languages where there are several. Lines are 95 % intervals over item "
        f"clusters, the same items drawn for every model and language."
        f"{left_out(panels, drawn, height)}",
        f"Dot plot of {len(marked)} figures of {name} with 95 % intervals, one panel per figure.",
        lambda width: _draw_dots(content, panels_at(width, drawn, height), width, height),
        (TWO_COLUMNS, ONE_COLUMN),
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


def _height(content: ReportContent, panels: dict[str, Rows]) -> float:
    """Return the height of a panel in inches: a line for each of its dots."""
    lines = max(len(content.studied), *(len(own) for own in panels.values()))
    return _LINE * (lines + 0.8)


def _draw_dots(
    content: ReportContent, panels: dict[str, Rows], width: float, height: float
) -> FigureSheet:
    page = FigureSheet(width, height, len(panels), columns_at(width, len(panels)),
                       models=model_numbers(content))  # fmt: skip
    styles, first = model_styles(content), 0
    for panel, (label, own) in zip(page.panels, panels.items(), strict=True):
        panel.title = label
        _fill(panel, own, styles, first)
        first += len(own)
    return page


def _fill(panel: Panel, rows: Rows, styles: dict[str, ModelStyle], first: int) -> None:
    panel.x.has_grid, panel.y.has_line = True, False
    panel.rule(x=0)
    for place, row in enumerate(rows):
        style = styles.get(row["model"], ModelStyle(MUTED, "o", -1))
        if row["ci_low"] is not None and row["ci_high"] is not None:
            ends = (row["ci_low"], place, row["ci_high"], place)
            panel.lines([ends], Look(stroke=style.colour), model=row["model"])
        look = marker_look(style.marker, style.colour)
        panel.marks([row["value"]], [place], style.marker, 4.5, look, tip=first + place)
    labels = [
        row["model"] if row["language"] is None else f"{row['model']} ({row['language']})"
        for row in rows
    ]
    panel.y.ticks = named_ticks(labels, [row["model"] for row in rows])
    panel.y.low, panel.y.high = len(rows) - 0.4, -0.6
    known = [end for row in rows for end in (row["value"], row["ci_low"], row["ci_high"])]
    # Around values that are all 0 an axis would run below it, where most figures have no values.
    panel.x.values += [0.0] if any(known) else [0.0, 1.0]


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
        (TWO_COLUMNS, ONE_COLUMN),
        tuple(_tooltip(row, 2) for row in ordered),
    )


def _draw_bars(bars: dict[str, Rows], categories: Sequence[str], width: float) -> FigureSheet:
    page = FigureSheet(width, 0.2 * len(bars))
    (panel,) = page.panels
    looks = {
        category: (Look(_SHADES[i % len(_SHADES)], GRID, 0.3), GRID if i >= len(_SHADES) else "")
        for i, category in enumerate(categories)
    }
    number = 0
    for place, own in enumerate(bars.values()):
        left = 0.0
        for row in own:
            share = as_float(row["value"]) or 0.0
            look, hatch = looks[row["category"]]
            corners = (left, place - 0.35, left + share, place + 0.35)
            panel.box(corners, look, tip=number, hatch=hatch)
            left, number = left + share, number + 1
    panel.y.ticks = named_ticks(list(bars))
    panel.y.low, panel.y.high = len(bars) - 0.4, -0.6
    panel.x.low, panel.x.high = 0, 1
    page.legend = Legend(
        tuple(Entry(name, look, is_box=True, hatch=hatch) for name, (look, hatch) in looks.items())
    )
    page.is_legend_below = True
    return page
