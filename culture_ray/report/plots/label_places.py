"""Places of labels around points: none on another label, a point, or the line to another label."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from culture_ray.report.drawing.letters import text_width

_HEIGHT = 1.1
"""Height of a line, per point of font size."""
_GAP = 5.0
"""Distance of a label from the centre of its point, in typographic points."""
_POINT = 3.2
"""Half the width of a point, with its outline."""
_FARTHER = (9.0, 14.0, 20.0, 27.0, 35.0, 45.0)
"""Distances of labels that a line ties to their points."""
_DIRECTIONS = 16
_STEEP = 0.5
"""Sine of the slope from which a line ends at a label's upper or lower side."""
_AREA = (-math.inf, -math.inf, math.inf, math.inf)


@dataclass(frozen=True)
class LabelPlace:
    """Place of a label: its lower left corner, as an offset from its point."""

    x: float
    y: float
    line: tuple[float, float, float, float] | None = None
    """Line from the point to a label that is not beside it, as offsets (x, y, x, y)."""


@dataclass(frozen=True)
class _Box:
    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: _Box) -> bool:
        """Return True if two boxes share an area."""
        return (
            min(self.right, other.right) > max(self.left, other.left)
            and min(self.top, other.top) > max(self.bottom, other.bottom)
        )  # fmt: skip

    def within(self, area: tuple[float, float, float, float]) -> bool:
        """Return True if the box lies within an area (left, bottom, right, top)."""
        return (self.left >= area[0] and self.bottom >= area[1]
                and self.right <= area[2] and self.top <= area[3])  # fmt: skip


def placed_labels(
    points: np.ndarray,
    texts: Sequence[tuple[str, float]],
    area: tuple[float, float, float, float] = _AREA,
    tied: int | None = None,
) -> list[LabelPlace | None]:
    """Return the place of each label, None where none is free.

    `points` is (N, 2) in typographic points, and the first of them have the labels `texts`, each a
    text and its font size. A label lies beside its point or, for the first `tied` labels (all by
    default), farther away with a line to it, always within `area` (left, bottom, right, top).
    """
    most = len(texts) if tied is None else tied
    marks = [_Box(x - _POINT, y - _POINT, x + _POINT, y + _POINT) for x, y in points]
    labels: list[_Box] = []
    lines: list[_Box] = []
    found: list[LabelPlace | None] = []
    for number, ((text, size), (x, y)) in enumerate(zip(texts, points, strict=False)):
        wide, high = text_width(text, size), _HEIGHT * size
        others = [*marks[:number], *marks[number + 1 :], *labels, *lines]
        for place in _places(wide, high, tied=number < most):
            left, bottom = x + place.x, y + place.y
            label = _Box(left, bottom, left + wide, bottom + high)
            line = list(_along(place, x, y))
            if (
                label.within(area)
                and not any(map(label.meets, others))
                and not any(part.meets(other) for part in line for other in labels)
            ):
                labels.append(label)
                lines += line
                found.append(place)
                break
        else:
            found.append(None)
    return found


def _places(wide: float, high: float, *, tied: bool) -> Iterator[LabelPlace]:
    """Yield the places around a point, the preferred ones first."""
    right, left, middle = _GAP, -_GAP - wide, -wide / 2
    level, above, below = -high / 2, _GAP * 0.8, -_GAP * 0.8 - high
    for x, y in (
        (right, level), (left, level), (middle, above), (middle, below),
        (right * 0.7, above * 0.6), (left * 0.9, above * 0.6),
        (right * 0.7, below * 0.8), (left * 0.9, below * 0.8),
    ):  # fmt: skip
        yield LabelPlace(x, y)
    for distance in _FARTHER if tied else ():
        for step in range(_DIRECTIONS):
            turn = 2 * math.pi * step / _DIRECTIONS
            end_x, end_y = distance * math.cos(turn), distance * math.sin(turn)
            # The line ends at the side of the label that faces the point.
            if abs(math.sin(turn)) < _STEEP:
                x, y = end_x - (wide if end_x < 0 else 0.0), end_y - high / 2
            else:
                x = end_x - wide * (1 - math.cos(turn)) / 2
                y = end_y - (high if end_y < 0 else 0.0)
            begin = _POINT / distance
            yield LabelPlace(x, y, (begin * end_x, begin * end_y, end_x, end_y))


def _along(place: LabelPlace, x: float, y: float) -> Iterator[_Box]:
    """Yield small boxes along the line of a label, short of the label itself."""
    if place.line is None:
        return
    x0, y0, x1, y1 = place.line
    steps = math.ceil(math.hypot(x1 - x0, y1 - y0) / 2)
    for step in range(steps):
        at_x = x + x0 + (x1 - x0) * step / steps
        at_y = y + y0 + (y1 - y0) * step / steps
        yield _Box(at_x - 0.3, at_y - 0.3, at_x + 0.3, at_y + 0.3)
