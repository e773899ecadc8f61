"""Outlines of markers, one unit wide, around the origin."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache

from culture_ray.report.drawing.shapes import Look, Step, oval, polyline, strokes

_TRIANGLE = ((0.0, -0.5), (0.5, 0.5), (-0.5, 0.5))
_PLUS = (
    (-0.17, -0.5), (0.17, -0.5), (0.17, -0.17), (0.5, -0.17), (0.5, 0.17), (0.17, 0.17),
    (0.17, 0.5), (-0.17, 0.5), (-0.17, 0.17), (-0.5, 0.17), (-0.5, -0.17), (-0.17, -0.17),
)  # fmt: skip
_FILLED = {
    "s": (((-0.45, -0.45), (0.45, -0.45), (0.45, 0.45), (-0.45, 0.45)), 0),
    "D": (((0.0, -0.6), (0.6, 0.0), (0.0, 0.6), (-0.6, 0.0)), 0),
    "^": (_TRIANGLE, 0),
    ">": (_TRIANGLE, 90),
    "v": (_TRIANGLE, 180),
    "<": (_TRIANGLE, 270),
    "P": (_PLUS, 0),
    "X": (_PLUS, 45),
}
_THREE = [(0.0, 0.0, 0.0, 0.5), (0.0, 0.0, -0.433, -0.25), (0.0, 0.0, 0.433, -0.25)]
_FIVE = [
    (0.0, 0.0, 0.0, -0.5), (0.0, 0.0, 0.476, -0.155), (0.0, 0.0, 0.294, 0.405),
    (0.0, 0.0, -0.294, 0.405), (0.0, 0.0, -0.476, -0.155),
]  # fmt: skip
_STROKED = {
    "+": ([(-0.5, 0.0, 0.5, 0.0), (0.0, -0.5, 0.0, 0.5)], 0),
    "x": ([(-0.42, -0.42, 0.42, 0.42), (-0.42, 0.42, 0.42, -0.42)], 0),
    **{str(1 + i): (_THREE, 90 * i) for i in range(4)},
    "*": (_FIVE, 0),
}


def is_stroked(marker: str) -> bool:
    """Return True for a marker of lines, which has no inside."""
    return marker in _STROKED


def marker_look(marker: str, colour: str, inside: str = "") -> Look:
    """Return a marker's look in one colour; `inside` fills a hollow one."""
    if is_stroked(marker):
        return Look(stroke=colour, width=1.2)
    return Look(inside, colour, 1.0) if inside else Look(fill=colour)


@cache
def outline(marker: str) -> tuple[Step, ...]:
    """Return the outline of a marker; raises KeyError for an unknown one."""
    if marker == "o":
        return oval(0, 0, (0.5, 0), (0, 0.5))
    if marker == "p":
        return _closed(_turned(0.0, -0.5, 72 * i) for i in range(5))
    if marker in _FILLED:
        corners, turn = _FILLED[marker]
        return _closed(_turned(x, y, turn) for x, y in corners)
    ends, turn = _STROKED[marker]
    return strokes((*_turned(x0, y0, turn), *_turned(x1, y1, turn)) for x0, y0, x1, y1 in ends)


def _closed(corners: Iterable[tuple[float, float]]) -> tuple[Step, ...]:
    return (*polyline(list(corners)), ("z", ()))


def _turned(x: float, y: float, degrees: float) -> tuple[float, float]:
    turn = math.radians(degrees)
    return x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
