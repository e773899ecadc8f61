"""Figure of a benchmark that reads layers: probability of words after each layer of a model."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure as Sheet

from culture_ray.report.cell_values import as_float
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.sheet import TWO_COLUMNS, Plot, sheet
from culture_ray.report.drawing.tooltips import Tooltip, measure_lines

Rows = list[dict[str, Any]]
_CATEGORY = re.compile(r"(.+), layer (\d+)")
_COLUMNS, _MOST_PANELS = 3, 12
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
    drawn = dict(list(panels.items())[:_MOST_PANELS])
    words = list(dict.fromkeys(word for row in rows if (word := _word(row))))
    left_out = len(panels) - len(drawn)
    more = f" {left_out} further panels are only in the table." if left_out else ""
    return Plot(
        f"benchmark_{name}_layers",
        f"{name}: words after each layer",
        "Mean probability of the words as the next one, if the model ended after the layer. Lines "
        f"are 95 % intervals over item clusters.{more}",
        f"Lines of {len(words)} groups of words over layers, in {len(drawn)} panels.",
        lambda width: _draw(drawn, words, width),
        (TWO_COLUMNS,),
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


def _draw(panels: dict[str, Rows], words: Sequence[str], width: float) -> Sheet:
    lines, columns = math.ceil(len(panels) / _COLUMNS), min(_COLUMNS, len(panels))
    page = sheet(width, 0.4 + 1.6 * lines)
    grid = page.subplots(lines, columns, squeeze=False, sharey=True)
    marks, number = Marks({}), 0
    for axes, (label, own) in zip(grid.flat, panels.items(), strict=False):
        axes.set_title(label)
        axes.set_xlabel("layer")
        axes.grid(axis="y")
        for row in own:
            found = layer_of(row)
            assert found is not None
            place, value = words.index(found[0]) % len(_SHADES), as_float(row["value"])
            low, high = as_float(row["ci_low"]), as_float(row["ci_high"])
            if low is not None and high is not None:
                axes.vlines(found[1], low, high, color=_SHADES[place], linewidth=0.8)
            (dot,) = axes.plot(
                found[1], value, _MARKERS[place], color=_SHADES[place], markersize=3.5,
                label=found[0] if found[1] == 1 else None,
            )  # fmt: skip
            marks.attach_tooltip(dot, number)
            number += 1
        axes.set_ylim(0, None)
    for axes in list(grid.flat)[len(panels) :]:
        axes.set_axis_off()
    handles = dict(zip(*reversed(grid.flat[0].get_legend_handles_labels()), strict=True))
    page.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=4)
    return page
