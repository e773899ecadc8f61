"""Sizes of a sheet's parts: margins for the labels first, then the panels between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from culture_ray.report.drawing.axes import (
    BAR,
    LABEL,
    TICK,
    ends_of,
    label_depth,
    tick_size,
    ticks_of,
)
from culture_ray.report.drawing.letters import text_width
from culture_ray.report.drawing.panel import Axis, Panel
from culture_ray.report.drawing.sheet import PAGE_HEIGHT, FigureSheet
from culture_ray.report.drawing.ticks import Tick

POINTS = 72
"""Points per inch."""
EDGE, TITLE = 3.0, 8.0
"""Margin of the sheet, and font size of a panel's title, in points."""
_BETWEEN = 9.0
"""Room between columns of panels, in points."""
_LEAST = 8.0
"""Least width and height of a panel, in points."""
_WIDEST_LABELS = 0.42
"""Largest share of a sheet's width that labels beside its panels take."""


@dataclass(frozen=True)
class Placed:
    """A panel with its ticks, its ends, and its place in the grid."""

    panel: Panel
    line: int
    column: int
    x_ends: tuple[float, float]
    y_ends: tuple[float, float]
    x_ticks: Sequence[Tick]
    """Ticks with labels; empty where another panel has the labels."""
    y_ticks: Sequence[Tick]
    x_all: Sequence[Tick]
    """All ticks, for the grid."""
    y_all: Sequence[Tick]


@dataclass(frozen=True)
class Margins:
    """Sizes of a sheet's parts, in points."""

    panel: tuple[float, float]
    """Width and height."""
    start: float
    """Left end of the first column, with its labels."""
    lefts: Sequence[float]
    """Room left of each column of panels."""
    tops: Sequence[float]
    """Room above each line of panels."""
    bottoms: Sequence[float]
    x_font: float
    y_font: float

    def left(self, column: int) -> float:
        """Return the left edge of the panels of a column."""
        return self.start + sum(self.lefts[: column + 1]) + column * (self.panel[0] + _BETWEEN)

    def top(self, line: int) -> float:
        """Return the upper edge of the panels of a line, below the first line's room above it."""
        return sum(self.tops[: line + 1]) + sum(self.bottoms[:line]) + line * self.panel[1]


def sized(sheet: FigureSheet, width: float, legend: float) -> tuple[list[Placed], Margins]:
    """Return the panels with their ticks, and all sizes: heights first, then widths."""
    rough = 0.75 * (width - 2 * EDGE) / sheet.columns
    placed = _placed(sheet, rough, sheet.height * POINTS)
    lines = range(placed[-1].line + 1)
    x_font = min(tick_size(p.panel.x, p.x_all, rough) for p in placed)
    # Labels of the largest font leave the panels, and the legends above them, the least room.
    _, narrowest = _widths(sheet, placed, width, TICK)
    tops = [max(_above(p.panel, narrowest) for p in placed if p.line == line) for line in lines]
    bottoms = [
        max(label_depth(p.panel.x, p.x_ticks, x_font) for p in placed if p.line == line)
        for line in lines
    ]
    around = 2 * EDGE + legend + 2 + label_room(sheet.x_label) + sum(tops) + sum(bottoms)
    most = (PAGE_HEIGHT * POINTS - around) / len(lines)
    height = max(min(sheet.height * POINTS, most), _LEAST)
    placed = _placed(sheet, rough, height)
    y_font = min(tick_size(p.panel.y, p.y_all, height) for p in placed)
    lefts, panel = _widths(sheet, placed, width, y_font)
    if panel < rough:
        # Wide labels at the left leave the panels room for fewer ticks.
        placed = _placed(sheet, panel, height)
    start = EDGE + label_room(sheet.y_label)
    return placed, Margins((panel, height), start, lefts, tops, bottoms, x_font, y_font)


def _widths(
    sheet: FigureSheet, placed: Sequence[Placed], width: float, font: float
) -> tuple[list[float], float]:
    """Return the room left of each column of panels, and the width of a panel."""
    lefts = _lefts(placed, font, width, sheet)
    bar = 0.0 if sheet.colours is None else BAR
    around = 2 * EDGE + label_room(sheet.y_label) + bar + _overhang(placed)
    free = width - around - sum(lefts) - _BETWEEN * (len(lefts) - 1)
    return lefts, max(free / len(lefts), _LEAST)


def _placed(sheet: FigureSheet, width: float, height: float) -> list[Placed]:
    """Return the panels with ends and ticks for about these sizes, in points."""
    x_ends = _ends([p.x for p in sheet.panels], shared=sheet.share_x)
    y_ends = _ends([p.y for p in sheet.panels], shared=sheet.share_y)
    found = []
    for i, panel in enumerate(sheet.panels):
        line, column = divmod(i, sheet.columns)
        x_all = ticks_of(panel.x, x_ends[i], width, is_level=True)
        y_all = ticks_of(panel.y, y_ends[i], height, is_level=False)
        is_last = i + sheet.columns >= len(sheet.panels)
        found.append(
            Placed(
                panel, line, column, x_ends[i], y_ends[i],
                x_all if is_last or not sheet.share_x else (),
                y_all if column == 0 or not sheet.share_y else (),
                x_all, y_all,
            )
        )  # fmt: skip
    return found


def _ends(axes: Sequence[Axis], *, shared: bool) -> list[tuple[float, float]]:
    if not shared:
        return [ends_of(axis, axis.values) for axis in axes]
    together = [value for axis in axes for value in axis.values]
    return [ends_of(axis, together) for axis in axes]


def _above(panel: Panel, width: float) -> float:
    """Return the room above a panel, for its title, its legend and what else it needs."""
    title = TITLE + 5 if panel.title else 4.0
    legend = panel.legend.height(width)
    return title + panel.room_above + (legend + 2 if legend else 0)


def _lefts(placed: Sequence[Placed], size: float, width: float, sheet: FigureSheet) -> list[float]:
    """Return the room left of each column of panels."""
    found = []
    for _, column in groupby(sorted(placed, key=lambda p: p.column), key=lambda p: p.column):
        own = list(column)
        labels = [line for p in own for tick in p.y_ticks for line in tick.label.split("\n")]
        wide = max((text_width(label, size) for label in labels), default=0.0)
        wide = min(wide, _WIDEST_LABELS * width / (1 if sheet.share_y else sheet.columns))
        named = LABEL + 3 if any(p.panel.y.label for p in own) else 0
        found.append(wide + (4 if wide else 0) + named)
    # Half of the first label below the first panel may reach beyond it.
    firsts = [p.x_ticks[0].label for p in placed if p.column == 0 and p.x_ticks]
    level = "" if placed[0].panel.x.is_turned else max(firsts, key=len, default="")
    found[0] = max(found[0], text_width(level, TICK) / 2)
    return found


def _overhang(placed: Sequence[Placed]) -> float:
    """Return the room right of the last panel, for half of its last label and for notes."""
    rightmost = max(p.column for p in placed)
    own = [p for p in placed if p.column == rightmost]
    labels = [p.x_ticks[-1].label for p in own if p.x_ticks and not p.panel.x.is_turned]
    half = max((text_width(label, TICK) / 2 for label in labels), default=0.0)
    return max(half if any(p.panel.x.low is None for p in own) else half * 0.8, 2.0)


def label_room(label: str) -> float:
    """Return the room that a label of all panels takes; none without one."""
    return LABEL + 4 if label else 0.0
