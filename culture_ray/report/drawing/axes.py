"""Axes of a panel: ends, ticks, labels, lines and grids, and the bar of a colour scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from culture_ray.report.drawing.colour_scale import ColourScale
from culture_ray.report.drawing.letters import fitted, text_width
from culture_ray.report.drawing.palette import GRID, INK, MUTED
from culture_ray.report.drawing.panel import Axis, Frame, Panel
from culture_ray.report.drawing.shapes import Link, Look, Outline, Shape, Words, box, strokes
from culture_ray.report.drawing.ticks import Tick, round_ticks

LABEL, TICK = 7.5, 7.0
"""Font sizes of an axis's label and, at most, of its ticks."""
BAR = 48.0
"""Room for the bar of a colour scale with its labels, in points."""
_SMALLEST = 2.0
_SPACING = 1.2
"""Distance of lines of text, per font size."""
_TICK_LENGTH = 2.5
_LINE = Look(stroke=MUTED, width=0.6)

Ticks = tuple[Sequence[Tick], Sequence[Tick], float]
"""All ticks of an axis, those with a label, and the font size."""


def ends_of(axis: Axis, values: Sequence[float]) -> tuple[float, float]:
    """Return the values at both ends of an axis; a range of nothing becomes one of length 1."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = axis.margin * (high - low)
    found = (
        axis.low if axis.low is not None else low - room,
        axis.high if axis.high is not None else high + room,
    )
    return found if found[0] != found[1] else (found[0] - 0.5, found[1] + 0.5)


def ticks_of(
    axis: Axis, ends: tuple[float, float], length: float, *, is_level: bool
) -> Sequence[Tick]:
    """Return the axis's own ticks, or round ones whose labels do not touch."""
    if axis.ticks is not None:
        return axis.ticks
    low, high = sorted(ends)
    most = max(2, round(length / (24 if is_level else 20)))
    while True:
        ticks = round_ticks(low, high, most)
        widest = max((text_width(tick.label, TICK) for tick in ticks), default=0.0)
        if not is_level or most <= 2 or len(ticks) * (widest + 5) <= length:
            return ticks
        most -= 1


def tick_size(axis: Axis, ticks: Sequence[Tick], length: float) -> float:
    """Return the font size at which the labels of named ticks fit along the axis."""
    if axis.ticks is None or not ticks:
        return TICK
    lines = max(tick.label.count("\n") + 1 for tick in ticks)
    places = sorted(tick.place for tick in ticks)
    if len(places) < 2 or (axis.is_level and not axis.is_turned):
        return TICK
    span = places[-1] - places[0] + (places[-1] - places[0]) / (len(places) - 1)
    return max(_SMALLEST, min(TICK, 0.88 * length / span * _least(places) / (lines * 1.02)))


def _least(places: Sequence[float]) -> float:
    return min(b - a for a, b in pairwise(places)) or 1.0


def label_depth(axis: Axis, ticks: Sequence[Tick], size: float) -> float:
    """Return the room that ticks and label take below a panel, in points."""
    depth = 2.0
    if ticks:
        widest = max(text_width(tick.label, size) for tick in ticks)
        depth = (widest if axis.is_turned else size * _SPACING) + 5
    return depth + (LABEL + 3 if axis.label else 0)


def axis_shapes(panel: Panel, frame: Frame, x: Ticks, y: Ticks, room: float) -> Iterator[Shape]:
    """Yield grids, lines, ticks and labels; `room` is the width left of the panel."""
    left, top, right, bottom = frame.left, frame.top, frame.right, frame.bottom
    xs = [frame.x(tick.place) for tick in x[0]]
    ys = [frame.y(tick.place) for tick in y[0]]
    grid = [(at, top, at, bottom) for at in xs if panel.x.has_grid]
    grid += [(left, at, right, at) for at in ys if panel.y.has_grid]
    if grid:
        yield Outline(strokes(grid), Look(stroke=GRID, width=0.5))
    lines = [(left, bottom, right, bottom)] if panel.x.has_line else []
    lines += [(left, top, left, bottom)] if panel.y.has_line else []
    if panel.x.has_line:
        lines += [(at, bottom, at, bottom + _TICK_LENGTH) for at in xs]
    if lines:
        yield Outline(strokes(lines), _LINE)
    yield from _level_labels(panel.x, frame, x)
    named = LABEL + 3 if panel.y.label else 0
    yield from _side_labels(frame, y, room - 4 - named)
    if panel.y.label:
        yield upright_label(panel.y.label, left - room + LABEL / 2, top, bottom)


def level_label(text: str, y: float, left: float, right: float) -> Words:
    """Return a label in the middle between two places, small enough to fit."""
    return Words((left + right) / 2, y, text, _fitting(text, right - left), INK, "middle")


def upright_label(text: str, x: float, top: float, bottom: float) -> Words:
    """Return a label that runs upwards in the middle between two places, small enough to fit."""
    size = _fitting(text, bottom - top)
    return Words(x, (top + bottom) / 2, text, size, INK, "middle", is_upright=True)


def _fitting(text: str, room: float) -> float:
    return LABEL * min(1.0, room / max(text_width(text, LABEL), 0.01))


def _level_labels(axis: Axis, frame: Frame, ticks: Ticks) -> Iterator[Shape]:
    _, labelled, size = ticks
    for tick in labelled:
        link = Link(model=tick.model, is_key=bool(tick.model))
        x, y = frame.x(tick.place), frame.bottom + 4
        if axis.is_turned:
            yield Words(x, y, tick.label, size, INK, "end", is_upright=True, link=link)
        else:
            yield Words(x, y + size / 2 + 0.5, tick.label, size, INK, "middle", link=link)
    if axis.label:
        depth = label_depth(axis, labelled, size) - LABEL - 3
        yield level_label(axis.label, frame.bottom + depth + LABEL / 2, frame.left, frame.right)


def _side_labels(frame: Frame, ticks: Ticks, room: float) -> Iterator[Shape]:
    _, labelled, size = ticks
    for tick in labelled:
        link = Link(model=tick.model, is_key=bool(tick.model))
        lines = tick.label.split("\n")
        first = frame.y(tick.place) - (len(lines) - 1) * size * _SPACING / 2
        for i, line in enumerate(lines):
            short = fitted(line, size, room + 0.5)
            yield Words(frame.left - 4, first + i * size * _SPACING, short, size, INK, "end",
                        full=line if short != line else "", link=link)  # fmt: skip


def bar_shapes(
    scale: ColourScale, label: str, left: float, top: float, bottom: float
) -> Iterator[Shape]:
    """Yield the bar of a colour scale, with its ticks and its label."""
    right, count = left + 8, 50
    frame = Frame(left, top, right, bottom, (0, 1), (scale.low, scale.high))
    step = (scale.high - scale.low) / count
    for i in range(count):
        low = scale.low + i * step
        # Each part reaches below the next one, so that no hairlines show between them.
        over = 0.0 if i == 0 else step / 2
        edges = (left, frame.y(low - over), right, frame.y(low + step))
        yield Outline(box(*edges), Look(fill=scale(low + step / 2)))
    widest = 0.0
    for tick in round_ticks(scale.low, scale.high, max(3, int((bottom - top) / 30))):
        y = frame.y(tick.place)
        yield Outline(strokes([(right, y, right + _TICK_LENGTH, y)]), _LINE)
        yield Words(right + 4, y, tick.label, TICK, INK)
        widest = max(widest, text_width(tick.label, TICK))
    yield upright_label(label, right + widest + 11, top, bottom)
