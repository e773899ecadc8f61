"""Map of models among people: two dimensions over topics, with 95 % ellipses."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.legend import from_models
from culture_ray.report.drawing.markers import marker_look
from culture_ray.report.drawing.palette import INK, MUTED, model_numbers, model_styles
from culture_ray.report.drawing.panel import Frame
from culture_ray.report.drawing.shapes import Link, Look, Outline, Shape, Words, strokes
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, FigureSheet, Missing, Plot
from culture_ray.report.drawing.tooltips import Tooltip, TooltipLine, value_lines
from culture_ray.report.formatting import counted, listed, shown
from culture_ray.report.plots.label_places import placed_labels
from culture_ray.report.plots.titles import map_title

_TITLE = "Models among people"
_MOST_LABELS = 60
"""Most points with a name beside them; in larger maps only people have one."""
_MOST_ELLIPSES = 40
_NAMED = 3
"""Topics named per dimension: those with the largest loadings."""

Rows = list[dict[str, Any]]


def culture_map(content: ReportContent) -> Plot | Missing | None:
    """Return the map; None if the run has no such table."""
    rows = [] if content.culture_map is None else numbered_rows(content.culture_map)
    if not rows:
        return None
    drawn = [row for row in rows if row["x"] is not None and row["same_as"] is None]
    if not drawn:
        return Missing(
            "culture_map",
            _TITLE,
            "There is no map: it takes responses on at least five topics, and at least three "
            "models or populations.",
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
        "Points that lie close together answer alike. Diamonds: people. Other marks: models, with "
        "the language of the prompts where there is room; point at a mark to see what it is. "
        f"{ellipses}Distances are root mean square differences in points; the two dimensions, in "
        f"which the points differ most, show {shares} of the squared distances. "
        f"{_same(rows)}{_codes(people)}".strip(),
        f"Map of {counted(len({r['model'] for r in models}), 'model')} among "
        f"{counted(len(people), 'population')}.",
        lambda width: _draw(content, people, models, width),
        (TWO_COLUMNS, ONE_COLUMN),
        tuple(_tooltip(content, row) for row in (*people, *models)),
        summary=dimensions_sentence(content),
    )


def dimensions_sentence(content: ReportContent) -> str:
    """Return the topics that separate the points along each dimension; empty if not known."""
    rows = [] if content.culture_map_topics is None else content.culture_map_topics.to_pylist()
    labels = {topic.id: topic.label for topic in content.topics}
    loadings = [
        [(row[column], labels[row["topic"]]) for row in rows if row["topic"] in labels]
        for column in ("x_loading", "y_loading")
    ]
    if not loadings[0]:
        return ""
    right, up = map(_topics, loadings)
    return f"Farther right: {right}. Farther up: {up}."


def _topics(loadings: list[tuple[float, str]]) -> str:
    """Return 'more agreement on A and B, less on C' for the topics with the largest loadings."""
    largest = sorted(loadings, key=lambda one: -abs(one[0]))[:_NAMED]
    more, less = (
        listed([f"“{label}”" for loading, label in largest if sign * loading > 0])
        for sign in (1, -1)
    )
    if not more:
        return f"less agreement on {less}"
    return f"more agreement on {more}" + (f", less on {less}" if less else "")


def _codes(people: Rows) -> str:
    """Return the key to the codes of countries, by which the narrow map names them."""
    named = sorted((r["population"], r["label"]) for r in people if r["kind"] == "country")
    key = ", ".join(f"{code} {label}" for code, label in named if code != label)
    return f"Codes: {key}." if key else ""


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


def _draw(content: ReportContent, people: Rows, models: Rows, width: float) -> FigureSheet:
    narrow = width <= ONE_COLUMN
    with_ellipse = [*(models if len(models) <= _MOST_ELLIPSES else []),
                    *(people if len(people) <= _MOST_ELLIPSES else [])]  # fmt: skip
    (left, right), (bottom, top) = _limits([*people, *models], with_ellipse)
    ratio = (top - bottom) / (right - left)
    page = FigureSheet(
        width, (width - 0.55) * min(max(ratio, 0.35), 1.1), models=model_numbers(content)
    )
    (panel,) = page.panels
    panel.is_equal = True
    panel.x.low, panel.x.high, panel.y.low, panel.y.high = left, right, bottom, top
    panel.x.has_grid = panel.y.has_grid = True
    panel.x.label, panel.y.label = "first dimension (points)", "second dimension (points)"
    styles = model_styles(content)
    for row in with_ellipse:
        is_model = row["kind"] == "model"
        look = (Look(fill=styles[row["model"]].colour, opacity=0.08) if is_model
                else Look(stroke=MUTED, width=0.4, dashes=(0.4, 0.7), opacity=0.4))  # fmt: skip
        panel.ellipse((row["x"], row["y"]), (row["major"], row["minor"]), row["angle"], look,
                      model=row["model"] if is_model else "")  # fmt: skip
    for i, row in enumerate(people):
        panel.marks([row["x"]], [row["y"]], "D", 5, Look(stroke=INK, width=0.9), tip=i)
    for i, row in enumerate(models):
        style = styles[row["model"]]
        look = marker_look(style.marker, style.colour)
        panel.marks([row["x"]], [row["y"]], style.marker, 4.5, look, tip=len(people) + i)
    panel.draw(lambda frame: _labels(frame, people, models, narrow))
    drawn = {row["model"] for row in models}
    names = [model.name for model in content.studied if model.name in drawn]
    page.legend = from_models(names, styles, 2 if narrow else 4)
    page.is_legend_below = True
    return page


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


def _labels(frame: Frame, people: Rows, models: Rows, narrow: bool) -> Iterator[Shape]:
    """Write names beside the points, where they hide no other point or name."""
    named: list[tuple[dict[str, Any], str, str, str]] = [
        (row, row["population"] if narrow and row["kind"] == "country" else row["label"], INK, "")
        for row in people
    ]
    if len(people) + len(models) <= _MOST_LABELS:
        named += [(r, r["language"], MUTED, r["model"]) for r in models]
    size = 5.5 if narrow else 6.5
    # Places are counted upwards, as those of labels are.
    points = np.array([[frame.x(r["x"]), -frame.y(r["y"])] for r in (*people, *models)])
    texts = [(text, size if not model else size - 0.5) for _, text, _, model in named]
    area = frame.left, -frame.bottom, frame.right + 9, -frame.top
    placed = placed_labels(points, texts, area, tied=len(people))
    for (_, text, colour, model), point, place, (_, font) in zip(
        named, points, placed, texts, strict=False
    ):
        if place is None:
            continue
        x, y = point[0] + place.x, -(point[1] + place.y) - 0.25 * font
        yield Words(x, y, text, font, colour, is_middle=False, link=Link(model=model))
        if place.line is not None:
            x0, y0, x1, y1 = place.line
            ends = (point[0] + x0, -point[1] - y0, point[0] + x1, -point[1] - y1)
            yield Outline(strokes([ends]), Look(stroke=MUTED, width=0.4))
