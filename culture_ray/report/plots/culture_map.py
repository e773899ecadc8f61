"""Map of models among people: two dimensions over topics, with 95 % ellipses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet
from matplotlib.patches import Ellipse, Patch

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.palette import INK, MUTED, model_numbers, model_styles
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Missing, Plot, sheet
from culture_ray.report.drawing.tooltips import Tooltip, TooltipLine, value_lines
from culture_ray.report.formatting import counted, shown
from culture_ray.report.plots.label_places import placed_labels
from culture_ray.report.plots.titles import map_title

_TITLE = "Models among people"
_MOST_LABELS = 60
"""Most points with a name beside them; in larger maps only people have one."""
_MOST_ELLIPSES = 40

Rows = list[dict[str, Any]]


def culture_map(content: ReportContent) -> Plot | Missing | None:
    """Return the map; None if the run has no such table."""
    rows = [] if content.culture_map is None else numbered_rows(content.culture_map)
    if not rows:
        return None
    drawn = [row for row in rows if row["x"] is not None and row["same_as"] is None]
    if not drawn:
        return Missing(
            "culture_map", _TITLE, "The map needs at least five topics and three points on it."
        )
    models = [row for row in drawn if row["kind"] == "model"]
    people = [row for row in drawn if row["kind"] != "model"]
    shares = " and ".join(f"{shown(100 * drawn[0][name], 0)} %" for name in ("x_share", "y_share"))
    ellipses = (
        "Ellipses: 95 % confidence over draws of topics. " if len(models) <= _MOST_ELLIPSES else ""
    )
    return Plot(
        "culture_map",
        map_title(people, models),
        "Near points answer alike; the directions have no meaning. Diamonds: people. Other marks: "
        f"models, with the language of the prompts. {ellipses}Distances are root mean square "
        f"differences in points; the two dimensions show {shares} of the squared distances. "
        f"{_same(rows)}".strip(),
        f"Map of {counted(len({r['model'] for r in models}), 'model')} among "
        f"{counted(len(people), 'population')}.",
        lambda width: _draw(content, people, models, width),
        (TWO_COLUMNS, ONE_COLUMN),
        tuple(_tooltip(content, row) for row in (*people, *models)),
    )


def _same(rows: Rows) -> str:
    labels = {row["population"]: row["label"] for row in rows}
    same = [f"{r['label']} as {labels[r['same_as']]}" for r in rows if r["same_as"] is not None]
    return f"Drawn once: {'; '.join(same)}. " if same else ""


def _tooltip(content: ReportContent, row: dict[str, Any]) -> Tooltip:
    lines: list[TooltipLine] = []
    for label, column in (("first dimension", "x"), ("second dimension", "y")):
        source = cell_ref("culture_map", [row], column)
        lines += value_lines(label, row[column], source, digits=1)
    lines += value_lines(
        "topics", row["topics"], cell_ref("culture_map", [row], "topics"), digits=0
    )
    if row["kind"] != "model":
        return Tooltip(row["label"], row["kind"], lines=tuple(lines))
    names = {x.code: x.name for x in content.languages}
    return Tooltip(f"{row['model']} in {names[row['language']]}", "", row["model"], tuple(lines))


def _draw(content: ReportContent, people: Rows, models: Rows, width: float) -> Sheet:
    narrow = width <= ONE_COLUMN
    with_ellipse = [*(models if len(models) <= _MOST_ELLIPSES else []),
                    *(people if len(people) <= _MOST_ELLIPSES else [])]  # fmt: skip
    (left, right), (bottom, top) = _limits([*people, *models], with_ellipse)
    ratio = (top - bottom) / (right - left)
    page = sheet(width, 0.9 + (width - 0.6) * min(max(ratio, 0.35), 1.1))
    axes = page.subplots()
    axes.set_aspect("equal")
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.grid()
    axes.set_xlabel("first dimension (points)")
    axes.set_ylabel("second dimension (points)")
    styles, marks = model_styles(content), Marks(model_numbers(content))
    for i, row in enumerate(people):
        (dot,) = axes.plot(row["x"], row["y"], "D", color="none", markeredgecolor=INK,
                           markersize=4, mew=0.9, zorder=3)  # fmt: skip
        marks.attach_tooltip(dot, i)
    for i, row in enumerate(models):
        style = styles[row["model"]]
        if len(models) <= _MOST_ELLIPSES:
            marks.assign(_ellipse(axes, row, style.colour), row["model"])
        (dot,) = axes.plot(
            row["x"], row["y"], style.marker, color=style.colour, markersize=4.5, zorder=4
        )
        marks.attach_tooltip(dot, len(people) + i)
    for row in people if len(people) <= _MOST_ELLIPSES else []:
        _ellipse(axes, row, "none", edge=MUTED)
    _legend(axes, content, models, marks, 2 if narrow else 4)
    page.draw_without_rendering()  # labels need the points' places on the laid out page
    _labels(axes, people, models, content, marks, narrow)
    return page


def _ellipse(axes: Axes, row: dict[str, Any], colour: str, edge: str = "none") -> Patch:
    return axes.add_patch(
        Ellipse(
            (row["x"], row["y"]), 2 * row["major"], 2 * row["minor"], angle=row["angle"],
            facecolor=colour, edgecolor=edge, linewidth=0.4, linestyle=":",
            alpha=0.08 if edge == "none" else 0.6, zorder=1,
        )
    )  # fmt: skip


def _limits(rows: Rows, with_ellipse: Rows) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ends of both axes: all points with room for their names, and all ellipses."""
    places = np.array([[row["x"], row["y"]] for row in rows])
    low, high = places.min(axis=0), places.max(axis=0)
    margin = 0.08 * max((high - low).max(), 1.0)
    room = np.array([2 * margin, margin])
    low, high = low - room, high + room
    for row in with_ellipse:
        centre, reach = np.array([row["x"], row["y"]]), np.array(_reach(row))
        low = np.minimum(low, centre - reach - 0.1 * margin)
        high = np.maximum(high, centre + reach + 0.1 * margin)
    return (low[0], high[0]), (low[1], high[1])


def _reach(row: dict[str, Any]) -> tuple[float, float]:
    """Return half the width and half the height of an ellipse; its angle is in degrees."""
    turn = math.radians(row["angle"])
    major, minor = row["major"], row["minor"]
    wide = math.hypot(major * math.cos(turn), minor * math.sin(turn))
    high = math.hypot(major * math.sin(turn), minor * math.cos(turn))
    return wide, high


def _labels(
    axes: Axes, people: Rows, models: Rows, content: ReportContent, marks: Marks, narrow: bool
) -> None:
    """Write names beside the points, where they hide no other point or name."""
    styles = model_styles(content)
    named: list[tuple[dict[str, Any], str, str, str]] = [
        (row, row["population"] if narrow and row["kind"] == "country" else row["label"], INK, "")
        for row in people
    ]
    if len(people) + len(models) <= _MOST_LABELS:
        named += [(r, r["language"], styles[r["model"]].colour, r["model"]) for r in models]
    size = 5.5 if narrow else 6.5
    points = axes.transData.transform([[r["x"], r["y"]] for r in (*people, *models)])
    texts = [(text, size if not model else size - 0.5) for _, text, _, model in named]
    scale = axes.figure.dpi / 72
    places = placed_labels(points / scale, texts)
    for (row, text, colour, model), place in zip(named, places, strict=True):
        if place is None:
            continue
        label = axes.annotate(
            text, (row["x"], row["y"]), place, textcoords="offset points", ha="left", va="bottom",
            color=colour, fontsize=size if not model else size - 0.5, zorder=5,
        )  # fmt: skip
        if model:
            marks.assign(label, model)


def _legend(axes: Axes, content: ReportContent, models: Rows, marks: Marks, columns: int) -> None:
    styles = model_styles(content)
    drawn = {row["model"] for row in models}
    names: Sequence[str] = [model.name for model in content.studied if model.name in drawn]
    handles = [
        axes.plot([], [], styles[n].marker, color=styles[n].colour, markersize=4.5)[0]
        for n in names
    ]
    legend = axes.figure.legend(
        handles,
        names,
        loc="outside lower center",
        ncols=min(len(names), columns),
        handletextpad=0.2,
    )
    marks.legend(legend, names)
