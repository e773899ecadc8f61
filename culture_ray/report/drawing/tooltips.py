"""What the marks of figures say when they are pointed at, and how a page carries it.

The numbers are those of the tables, rounded as everywhere on the page. A page carries every text
once: a tip is the number of its shape (labels, words, and where its numbers stand), then the
numbers of its texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from culture_ray.report.cell_refs import Source, of
from culture_ray.report.cell_values import Row, interval, interval_from, number
from culture_ray.report.formatting import NONE, shown


@dataclass(frozen=True)
class TooltipValue:
    """A number as people read it, and where it stands."""

    text: str
    source: Source


Line = tuple[str, tuple[str | TooltipValue, ...]]
"""What is told, and words and numbers that tell it."""


@dataclass(frozen=True)
class Tooltip:
    """What one mark says; all its numbers are of the same rows of one table."""

    title: str
    about: str = ""
    """A second line."""
    model: str = ""
    """Whose mark it is; empty for no single model's."""
    lines: tuple[Line, ...] = ()

    @property
    def told(self) -> list[TooltipValue]:
        """Return its numbers, in order."""
        return [part for _, parts in self.lines for part in parts if isinstance(part, TooltipValue)]


def lines_of(
    label: str,
    value: Any,
    source: Source | None,
    ends: Sequence[tuple[float | None, Source]] = (),
    digits: int = 2,
) -> tuple[Line, ...]:
    """Return a value, with the 95 % interval whose ends may be known, as lines of a tip."""
    if value is None or source is None:
        return ((label, (NONE,)),)
    told: Line = label, (TooltipValue(shown(value, digits), source),)
    if not ends:
        return (told,)
    low, high = (TooltipValue(shown(end, digits), place) for end, place in ends)
    return told, ("95 % interval", (low, " to ", high))


def figure_of(label: str, table: str, row: Row, column: str, digits: int = 2) -> tuple[Line, ...]:
    """Return a figure of a numbered row, with the interval that the row may have of it."""
    ends = zip(interval(row, column), interval_from(table, row, column) or (), strict=False)
    return lines_of(label, number(row.get(column)), of(table, [row], column), tuple(ends), digits)


def counts_of(table: str, row: Row, counts: Mapping[str, str]) -> tuple[Line, ...]:
    """Return the counts of a numbered row that it has, `counts` being labels by column."""
    return tuple(
        (label, (TooltipValue(shown(row[column]), of(table, [row], column)),))
        for column, label in counts.items()
        if row.get(column) is not None
    )


def packed(figures: Mapping[str, Sequence[Tooltip | None]], models: Mapping[str, int]) -> str:
    """Return the tips of a page's figures as JSON that is safe inside of a script element.

    `models` are the numbers of their colours, in the order in which drawings number them. Raises
    ValueError for a tip whose numbers are of several tables or of different rows.
    """
    numbers = {name: number for number, name in enumerate(models)}
    texts: dict[str, int] = {}
    shapes: dict[str, int] = {}

    def pack(tip: Tooltip | None) -> list[int] | None:
        if tip is None:
            return None
        file, rows = _place(tip)
        shape = json.dumps(_shape(tip, file), ensure_ascii=False, separators=(",", ":"))
        words = (tip.title, tip.about, rows, *(one.text for one in tip.told))
        return [
            shapes.setdefault(shape, len(shapes)),
            numbers.get(tip.model, -1),
            *(texts.setdefault(text, len(texts)) for text in words),
        ]

    packs = {name: [pack(tip) for tip in tips] for name, tips in figures.items() if any(tips)}
    whole = json.dumps(
        {
            "models": list(models.items()),
            "texts": list(texts),
            "shapes": [json.loads(shape) for shape in shapes],
            "figures": packs,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return whole.replace("<", "\\u003c")


def _shape(tip: Tooltip, file: str) -> dict[str, Any]:
    """Return all of a tip but its texts; a 0 stands for its next number."""
    return {
        "lines": [[label, *(0 if isinstance(part, TooltipValue) else part for part in parts)]
                  for label, parts in tip.lines],
        "file": file,
        "columns": [one.source.column for one in tip.told],
        "how": [one.source.how for one in tip.told],
    }  # fmt: skip


def _place(tip: Tooltip) -> tuple[str, str]:
    """Return the file and the rows that the numbers of a tip are of."""
    places = {(one.source.file, one.source.rows) for one in tip.told}
    if len(places) > 1:
        raise ValueError(f"the tip '{tip.title}' tells numbers of several places: {places}")
    file, rows = places.pop() if places else ("", ())
    return file, _ranges(rows)


def _ranges(rows: Iterable[int]) -> str:
    """Return rows as '3 7-12 40', in their order."""
    found: list[list[int]] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in found)
