"""Layout of a sheet: the places of its panels, and then all shapes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from culture_ray.report.drawing.axes import (
    LABEL,
    axis_shapes,
    bar_shapes,
    level_label,
    upright_label,
)
from culture_ray.report.drawing.letters import BOLD, fitted, text_width
from culture_ray.report.drawing.palette import INK
from culture_ray.report.drawing.panel import Frame
from culture_ray.report.drawing.shapes import FigureDrawing, Layer, Shape, Words
from culture_ray.report.drawing.sheet import FigureSheet
from culture_ray.report.drawing.sizes import (
    EDGE,
    POINTS,
    TITLE,
    Margins,
    Placed,
    label_room,
    sized,
)

_SMALLEST_TITLE = 0.7 * TITLE


def lay_out(sheet: FigureSheet) -> FigureDrawing:
    """Return the drawing of a sheet, which is no taller than a page."""
    width = sheet.width * POINTS
    room = width - 2 * EDGE
    legend = sheet.legend.height(room)
    placed, sizes = sized(sheet, width, legend)
    begin = EDGE + (0 if sheet.is_legend_below else legend)
    frames = [_frame(p, sizes, begin) for p in placed]
    panels = [
        Layer(i, tuple(_panel_shapes(p, frame, sizes)))
        for i, (p, frame) in enumerate(zip(placed, frames, strict=True))
    ]
    bottom = begin + sizes.top(len(sizes.tops) - 1) + sizes.panel[1] + sizes.bottoms[-1]
    end = bottom + label_room(sheet.x_label)
    above = end + 2 if sheet.is_legend_below else EDGE
    around = (
        *sheet.legend.shapes(EDGE, above, room, centred=True),
        *_labels(sheet, frames, bottom),
        *_bar(sheet, frames),
    )
    height = end + EDGE + (legend + 2 if sheet.is_legend_below else 0)
    return FigureDrawing(width, height, (Layer(-1, around), *panels))


def _frame(p: Placed, sizes: Margins, begin: float) -> Frame:
    (width, height), left, top = sizes.panel, sizes.left(p.column), begin + sizes.top(p.line)
    frame = Frame(left, top, left + width, top + height, p.x_ends, p.y_ends)
    if not p.panel.is_equal:
        return frame
    wide, high = (abs(ends[1] - ends[0]) for ends in (p.x_ends, p.y_ends))
    unit = min(width / wide, height / high)
    aside = (width - unit * wide) / 2
    return replace(frame, left=left + aside, right=left + width - aside, bottom=top + unit * high)


def _panel_shapes(p: Placed, frame: Frame, sizes: Margins) -> Iterator[Shape]:
    panel = p.panel
    for draw in panel.bands:
        yield from draw(frame)
    x_axis, y_axis = (p.x_all, p.x_ticks, sizes.x_font), (p.y_all, p.y_ticks, sizes.y_font)
    yield from axis_shapes(panel, frame, x_axis, y_axis, sizes.lefts[p.column])
    for draw in (*panel.under, *panel.over):
        yield from draw(frame)
    top = frame.top - panel.room_above
    legend = panel.legend.height(frame.right - frame.left)
    if legend:
        yield from panel.legend.shapes(
            frame.left, top - legend - 1, frame.right - frame.left, centred=False
        )
        top -= legend + 2
    if panel.title:
        yield _title(panel.title, frame, top)


def _title(text: str, frame: Frame, top: float) -> Words:
    """Return a panel's title: smaller where it is long, and shortened where that is not enough."""
    room = (frame.right - frame.left) / BOLD
    size = max(_SMALLEST_TITLE, min(TITLE, TITLE * room / max(text_width(text, TITLE), 0.01)))
    title = fitted(text, size, room + 0.01)
    full = text if title != text else ""
    return Words(frame.left, top - 4 - TITLE * 0.3, title, size, INK, is_bold=True, full=full)


def _labels(sheet: FigureSheet, frames: Sequence[Frame], bottom: float) -> Iterator[Shape]:
    """Yield the labels of all panels together, in the middle below and at the left."""
    left, right = min(f.left for f in frames), max(f.right for f in frames)
    if text_width(sheet.x_label, LABEL) > right - left:
        left, right = EDGE, sheet.width * POINTS - EDGE
    if sheet.x_label:
        yield level_label(sheet.x_label, bottom + LABEL / 2 + 1, left, right)
    if sheet.y_label:
        top, end = min(f.top for f in frames), max(f.bottom for f in frames)
        yield upright_label(sheet.y_label, EDGE + LABEL / 2, top, end)


def _bar(sheet: FigureSheet, frames: Sequence[Frame]) -> Iterator[Shape]:
    if sheet.colours is not None:
        scale, label = sheet.colours
        top, bottom = min(f.top for f in frames), max(f.bottom for f in frames)
        yield from bar_shapes(scale, label, max(f.right for f in frames) + 7, top, bottom)
