"""Shapes of a drawing, in typographic points from its upper left corner: paths, marks and words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Step = tuple[str, tuple[float, ...]]
"""Step of a path as in SVG, with absolute places: M and L (x, y), C (three places), z."""


@dataclass(frozen=True)
class Look:
    """Colours and stroke of a shape; an empty colour draws nothing."""

    fill: str = ""
    stroke: str = ""
    width: float = 1.0
    """Width of the stroke, in points."""
    dashes: tuple[float, ...] = ()
    """Lengths of dashes and gaps, in points; empty for a solid stroke."""
    opacity: float = 1.0


@dataclass(frozen=True)
class Link:
    """Ties of a shape to the page: the number of its tooltip, and its model."""

    tip: int = -1
    model: str = ""
    is_key: bool = False
    """True for a model's entry in a legend or on an axis."""


NO_LINK = Link()


@dataclass(frozen=True)
class Outline:
    """Path, filled or stroked."""

    steps: tuple[Step, ...]
    look: Look
    link: Link = NO_LINK


@dataclass(frozen=True)
class Mark:
    """Marker of markers.py at a place; `size` is its width in points."""

    x: float
    y: float
    marker: str
    size: float
    look: Look
    link: Link = NO_LINK


@dataclass(frozen=True)
class Words:
    """Line of text; `y` is its baseline, or the middle of its letters with `is_middle`."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    anchor: str = "start"
    """Part of the text that is at `x`: start, middle or end."""
    is_middle: bool = True
    is_bold: bool = False
    is_upright: bool = False
    """True for text that runs from bottom to top."""
    full: str = ""
    """Whole text where `text` is shortened."""
    link: Link = NO_LINK


Shape = Outline | Mark | Words


@dataclass(frozen=True)
class Layer:
    """Shapes of one panel, or of the sheet around the panels (-1)."""

    panel: int
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class FigureDrawing:
    """A laid out figure; sizes in points."""

    width: float
    height: float
    layers: tuple[Layer, ...]


def polyline(places: Sequence[tuple[float, float]]) -> tuple[Step, ...]:
    """Return the path through the places."""
    return tuple(("L" if i else "M", place) for i, place in enumerate(places))


def strokes(ends: Iterable[tuple[float, float, float, float]]) -> tuple[Step, ...]:
    """Return a path of separate straight strokes, each (x, y, x, y)."""
    return tuple(step for x0, y0, x1, y1 in ends for step in (("M", (x0, y0)), ("L", (x1, y1))))


def box(x0: float, y0: float, x1: float, y1: float) -> tuple[Step, ...]:
    """Return the path around a box with these corners."""
    return (*polyline([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]), ("z", ()))


def oval(
    x: float, y: float, first: tuple[float, float], second: tuple[float, float]
) -> tuple[Step, ...]:
    """Return the path of an ellipse with two conjugate half diameters, as vectors."""
    reach = 4 / 3 * (math.sqrt(2) - 1)  # four curves that stay within 0.03 % of the ellipse
    quarters = [first, second, (-first[0], -first[1]), (-second[0], -second[1]), first]
    steps: list[Step] = [("M", (x + first[0], y + first[1]))]
    for (ax, ay), (bx, by) in pairwise(quarters):
        steps.append(
            ("C", (x + ax + reach * bx, y + ay + reach * by, x + bx + reach * ax,
                   y + by + reach * ay, x + bx, y + by))
        )  # fmt: skip
    return (*steps, ("z", ()))


def hatching(x0: float, y0: float, x1: float, y1: float, gap: float = 3.0) -> tuple[Step, ...]:
    """Return diagonal strokes, `gap` points apart, that fill a box with these corners."""
    (x0, x1), (y0, y1) = sorted((x0, x1)), sorted((y0, y1))
    # Strokes are parts of the lines x + y = c, so that hatchings of neighbours meet.
    step = gap * math.sqrt(2)
    first, last = math.ceil((x0 + y0) / step), math.floor((x1 + y1) / step)
    return strokes(
        (max(x0, c - y1), min(y1, c - x0), min(x1, c - y0), max(y0, c - x1))
        for c in (step * i for i in range(first, last + 1))
    )
