"""Extents of the shapes of a drawing, by which tests find what lies beyond the sheet."""

from __future__ import annotations

from collections.abc import Iterator

from culture_ray.report.drawing.letters import text_width
from culture_ray.report.drawing.shapes import FigureDrawing, Mark, Outline, Shape, Words

_NEAR = 0.5
"""Points beyond the sheet that do not count."""


def outside(drawing: FigureDrawing) -> Iterator[Shape]:
    """Yield the shapes of a drawing that are not wholly on its sheet."""
    for layer in drawing.layers:
        for shape in layer.shapes:
            for left, top, right, bottom in _extents(shape):
                beyond = max(-left, -top, right - drawing.width, bottom - drawing.height)
                if beyond > _NEAR:
                    yield shape


def _extents(shape: Shape) -> list[tuple[float, float, float, float]]:
    """Return boxes (left, top, right, bottom) that a shape fills, in points."""
    match shape:
        case Mark(x, y, _, size):
            return [(x - size / 2, y - size / 2, x + size / 2, y + size / 2)]
        case Outline(steps):
            return [(at[-2], at[-1], at[-2], at[-1]) for _, at in steps if at]
        case Words(x, y, text, size, _, anchor):
            long = text_width(text, size, bold=shape.is_bold)
            before = {"start": 0.0, "middle": long / 2, "end": long}[anchor]
            if shape.is_upright:
                return [(x - size / 2, y + before - long, x + size / 2, y + before)]
            return [(x - before, y - size / 2, x - before + long, y + size / 2)]
