"""Legends: entries in rows and columns, each a sign and a label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from culture_ray.report.drawing.letters import fitted, text_width
from culture_ray.report.drawing.markers import marker_look
from culture_ray.report.drawing.palette import INK, ModelStyle
from culture_ray.report.drawing.shapes import (
    Link,
    Look,
    Mark,
    Outline,
    Shape,
    Words,
    box,
    hatching,
    strokes,
)

_SIZE, _ROW = 7.0, 10.5
_TALLEST = 220.0
"""Height in points beyond which a legend takes more columns."""
_SIGN, _GAP = 10.0, 12.0
"""Width of a sign, and room between columns, in points."""


@dataclass(frozen=True)
class Entry:
    """Entry of a legend; without a marker its sign is a line, or a box with `is_box`."""

    label: str
    look: Look
    marker: str = ""
    size: float = 5.0
    is_box: bool = False
    hatch: str = ""
    model: str = ""


@dataclass(frozen=True)
class Legend:
    """Entries, and the largest number of columns."""

    entries: tuple[Entry, ...]
    columns: int = 4

    def height(self, room: float) -> float:
        """Return the height in points where it may be `room` points wide."""
        return -(-len(self.entries) // self._columns(room)) * _ROW if self.entries else 0.0

    def shapes(self, left: float, top: float, room: float, *, centred: bool) -> list[Shape]:
        """Return the shapes, from the left or in the middle of the room."""
        if not self.entries:
            return []
        columns = self._columns(room)
        widths = [min(width, room / columns) for width in self._widths(columns)]
        start = left + (room - sum(widths)) / 2 if centred else left
        found: list[Shape] = []
        for number, entry in enumerate(self.entries):
            line, column = divmod(number, columns)
            x, y = start + sum(widths[:column]), top + (line + 0.5) * _ROW
            found += _entry(entry, x, y, widths[column] - _SIGN - _GAP)
        return found

    def _columns(self, room: float) -> int:
        most = min(self.columns, len(self.entries))
        fitting = next((n for n in range(most, 1, -1) if sum(self._widths(n)) <= room), 1)
        # Long names are shortened rather than let a legend take the page.
        enough = -(-len(self.entries) * _ROW // _TALLEST)
        return max(fitting, min(most, int(enough)))

    def _widths(self, columns: int) -> list[float]:
        widths = [text_width(e.label, _SIZE) + _SIGN + _GAP for e in self.entries]
        return [max(widths[column::columns]) for column in range(columns)]


def from_models(
    names: Sequence[str], styles: Mapping[str, ModelStyle], columns: int, size: float = 5.0
) -> Legend:
    """Return a legend of models, each with its marker."""
    entries = []
    for name in names:
        style = styles[name]
        look = marker_look(style.marker, style.colour)
        entries.append(Entry(name, look, style.marker, size, model=name))
    return Legend(tuple(entries), columns)


def _entry(entry: Entry, x: float, y: float, room: float) -> list[Shape]:
    link = Link(model=entry.model, is_key=bool(entry.model))
    label = fitted(entry.label, _SIZE, room + 0.01)
    full = entry.label if label != entry.label else ""
    words = Words(x + _SIGN + 2, y, label, _SIZE, INK, full=full, link=link)
    if entry.marker:
        return [Mark(x + _SIGN / 2, y, entry.marker, entry.size, entry.look, link), words]
    if not entry.is_box:
        line = strokes([(x, y, x + _SIGN, y)])
        return [Outline(line, entry.look, link), words]
    edges = (x, y - 2.7, x + _SIGN, y + 2.7)
    sign: list[Shape] = [Outline(box(*edges), entry.look, link)]
    if entry.hatch:
        sign.append(Outline(hatching(*edges), Look(stroke=entry.hatch, width=0.4)))
    return [*sign, words]
