"""Panels of a benchmark's figure: those that a sheet has room for, at two widths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from culture_ray.report.drawing.sheet import ONE_COLUMN, PAGE_HEIGHT

Rows = list[dict[str, Any]]
_MOST, _COLUMNS = 12, 3
_AROUND, _BELOW = 0.45, 0.8
"""Inches for the title and axis of a panel, and for the legend of a sheet."""


def first_panels(panels: Mapping[str, Rows]) -> dict[str, Rows]:
    """Return the panels that are drawn: the first twelve."""
    return dict(list(panels.items())[:_MOST])


def columns_at(width: float, panels: int) -> int:
    """Return the number of columns of panels on a sheet of a width in inches."""
    return 1 if width <= ONE_COLUMN else min(_COLUMNS, panels)


def panels_at(width: float, panels: Mapping[str, Rows], height: float) -> dict[str, Rows]:
    """Return the panels that fit on a sheet of a width, each `height` high, in inches."""
    lines = max(int((PAGE_HEIGHT - _BELOW) / (height + _AROUND)), 1)
    return dict(list(panels.items())[: lines * columns_at(width, len(panels))])


def left_out(panels: Mapping[str, Rows], drawn: Mapping[str, Rows], height: float) -> str:
    """Return the sentences on panels that are not drawn, at all or on narrow screens."""
    others, narrow = len(panels) - len(drawn), len(panels_at(ONE_COLUMN, drawn, height))
    sentences = ""
    if narrow < len(drawn):
        sentences += f" Narrow screens show the first {narrow} of {len(drawn)} panels."
    if others:
        are = "panel is" if others == 1 else "panels are"
        sentences += f" {others} further {are} only in the table."
    return sentences
