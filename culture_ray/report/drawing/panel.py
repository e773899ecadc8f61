"""Panel of a figure: marks in the units of its two axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from culture_ray.report.drawing.legend import Legend
from culture_ray.report.drawing.palette import GRID, MUTED
from culture_ray.report.drawing.shapes import (
    Link,
    Look,
    Mark,
    Outline,
    Shape,
    Words,
    box,
    hatching,
    oval,
    polyline,
    strokes,
)
from culture_ray.report.drawing.ticks import Tick


@dataclass
class Axis:
    """One axis of a panel; what is None is chosen when the sheet is laid out."""

    label: str = ""
    low: float | None = None
    """Value at the left or at the bottom."""
    high: float | None = None
    """Value at the right or at the top."""
    ticks: Sequence[Tick] | None = None
    has_grid: bool = False
    has_line: bool = True
    is_level: bool = False
    """True for the horizontal axis."""
    is_turned: bool = False
    """True for labels that run from bottom to top."""
    margin: float = 0.05
    """Room beyond the values, as a share of their range."""
    values: list[float] = field(default_factory=list)
    """Values of all marks."""


@dataclass(frozen=True)
class Frame:
    """Edges of a panel on the sheet, in points, and the values at them."""

    left: float
    top: float
    right: float
    bottom: float
    x_ends: tuple[float, float]
    y_ends: tuple[float, float]
    """Values at the bottom and at the top."""

    def x(self, value: float) -> float:
        """Return the place of a value on the horizontal axis."""
        low, high = self.x_ends
        return self.left + (value - low) / (high - low) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Return the place of a value on the vertical axis."""
        low, high = self.y_ends
        return self.bottom - (value - low) / (high - low) * (self.bottom - self.top)


Draw = Callable[[Frame], Iterable[Shape]]


class Panel:
    """Marks of one panel; later ones lie over earlier ones, and bands and rules under all."""

    def __init__(self) -> None:
        """Make an empty panel."""
        self.title = ""
        self.is_equal = False
        """True if a unit is as long on both axes."""
        self.x, self.y = Axis(is_level=True), Axis()
        self.legend = Legend(())
        """Legend above the panel alone."""
        self.room_above = 0.0
        """Room between panel and title for notes above it, in points."""
        self.bands: list[Draw] = []
        self.under: list[Draw] = []
        self.over: list[Draw] = []

    def draw(self, draw: Draw) -> None:
        """Add shapes that depend on the panel's place on the sheet."""
        self.over.append(draw)

    def rule(
        self, *, x: float | None = None, y: float | None = None, colour: str = MUTED,
        width: float = 0.7, dashes: tuple[float, ...] = (),
    ) -> None:  # fmt: skip
        """Draw a line across the whole panel, upright at `x` or level at `y`."""
        look = Look(stroke=colour, width=width, dashes=dashes)

        def shapes(frame: Frame) -> Iterable[Shape]:
            if x is not None:
                yield Outline(strokes([(frame.x(x), frame.top, frame.x(x), frame.bottom)]), look)
            if y is not None:
                yield Outline(strokes([(frame.left, frame.y(y), frame.right, frame.y(y))]), look)

        self.under.append(shapes)

    def band(self, low: float, high: float) -> None:
        """Shade a range of the horizontal axis."""
        self.bands.append(
            lambda frame: [
                Outline(box(frame.x(low), frame.top, frame.x(high), frame.bottom), Look(fill=GRID))
            ]
        )

    def marks(
        self, xs: Sequence[float], ys: Sequence[float], marker: str, size: float, look: Look,
        *, tip: int = -1, model: str = "",
    ) -> None:  # fmt: skip
        """Draw markers; they get consecutive tooltips from `tip`, or belong to `model`."""
        self._reach(xs, ys)
        self.over.append(
            lambda frame: [
                Mark(frame.x(x), frame.y(y), marker, size, look, _link(tip, i, model))
                for i, (x, y) in enumerate(zip(xs, ys, strict=True))
            ]
        )

    def lines(
        self, ends: Sequence[tuple[float, float, float, float]], look: Look, *, model: str = ""
    ) -> None:
        """Draw straight lines, each (x, y, x, y), as one shape."""
        self._reach([x for x0, _, x1, _ in ends for x in (x0, x1)],
                    [y for _, y0, _, y1 in ends for y in (y0, y1)])  # fmt: skip
        self.over.append(
            lambda frame: [
                Outline(
                    strokes((frame.x(x0), frame.y(y0), frame.x(x1), frame.y(y1))
                            for x0, y0, x1, y1 in ends),
                    look, Link(model=model),
                )
            ]
            if ends else []
        )  # fmt: skip

    def path(
        self, xs: Sequence[float], ys: Sequence[float], look: Look, *, model: str = ""
    ) -> None:
        """Draw one line through all places."""
        self._reach(xs, ys)
        self.over.append(
            lambda frame: [
                Outline(
                    polyline([(frame.x(x), frame.y(y)) for x, y in zip(xs, ys, strict=True)]),
                    look, Link(model=model),
                )
            ]
        )  # fmt: skip

    def box(
        self, corners: tuple[float, float, float, float], look: Look, *,
        tip: int = -1, model: str = "", hatch: str = "",
    ) -> None:  # fmt: skip
        """Draw a box with the corners (x, y, x, y); `hatch` is the colour of its hatching."""
        x0, y0, x1, y1 = corners
        self._reach([x0, x1], [y0, y1])

        def shapes(frame: Frame) -> Iterable[Shape]:
            edges = (frame.x(x0), frame.y(y0), frame.x(x1), frame.y(y1))
            if look.fill or look.stroke:
                yield Outline(box(*edges), look, _link(tip, 0, model))
            if hatch:
                strokes_only = Look(stroke=hatch, width=0.4)
                yield Outline(hatching(*edges), strokes_only, Link(model=model))

        self.over.append(shapes)

    def ellipse(
        self, centre: tuple[float, float], halves: tuple[float, float], degrees: float, look: Look,
        *, model: str = "",
    ) -> None:  # fmt: skip
        """Draw an ellipse with two half diameters, the first turned by `degrees` to the left."""
        turn = math.radians(degrees)
        (x, y), (major, minor) = centre, halves
        along = (major * math.cos(turn), major * math.sin(turn))
        aside = (-minor * math.sin(turn), minor * math.cos(turn))

        def shapes(frame: Frame) -> Iterable[Shape]:
            half_diameters = (
                (frame.x(x + dx) - frame.x(x), frame.y(y + dy) - frame.y(y))
                for dx, dy in (along, aside)
            )
            yield Outline(oval(frame.x(x), frame.y(y), *half_diameters), look, Link(model=model))

        self.over.append(shapes)

    def words(
        self, x: float, y: float, text: str, size: float, colour: str = MUTED, *,
        anchor: str = "middle", shift: tuple[float, float] = (0.0, 0.0), model: str = "",
    ) -> None:  # fmt: skip
        """Write a text at a place, moved right and down by `shift` points."""
        self.over.append(
            lambda frame: [
                Words(frame.x(x) + shift[0], frame.y(y) + shift[1], text, size, colour, anchor,
                      link=Link(model=model))
            ]
        )  # fmt: skip

    def _reach(self, xs: Iterable[float], ys: Iterable[float]) -> None:
        self.x.values += xs
        self.y.values += ys


def _link(tip: int, offset: int, model: str) -> Link:
    return Link(tip + offset if tip >= 0 else -1, model if tip < 0 else "")
