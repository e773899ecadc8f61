"""Tooltips of figures, and their compact JSON form on the page.

Numbers come from the tables and are rounded as everywhere on the page. The JSON holds every text
once: a tooltip is the index of its shape (labels, fixed text and table cells), then the indices of
its texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from culture_ray.redaction.visible import visible_in_page
from culture_ray.report.cell_refs import CellRef, cell_ref
from culture_ray.report.cell_values import Row, as_float, interval, interval_refs
from culture_ray.report.formatting import NONE, shown


@dataclass(frozen=True)
class TooltipValue:
    """A number as display text, with the table cells that it is computed from."""

    text: str
    source: CellRef


TooltipLine = tuple[str, tuple[str | TooltipValue, ...]]
"""A label, then the texts and numbers that follow it."""


@dataclass(frozen=True)
class Tooltip:
    """Tooltip of one mark; all its numbers come from the same rows of one table."""

    title: str
    subtitle: str = ""
    """Second line."""
    model: str = ""
    """Model that the mark belongs to; empty if it belongs to no single model."""
    lines: tuple[TooltipLine, ...] = ()

    @property
    def numbers(self) -> list[TooltipValue]:
        """Return the numbers of the tooltip, in order."""
        return [part for _, parts in self.lines for part in parts if isinstance(part, TooltipValue)]


def value_lines(
    label: str,
    value: Any,
    source: CellRef | None,
    ends: Sequence[tuple[float | None, CellRef]] = (),
    digits: int = 2,
) -> tuple[TooltipLine, ...]:
    """Return the tooltip lines of a value and, if `ends` are given, of its 95 % interval."""
    if value is None or source is None:
        return ((label, (NONE,)),)
    line: TooltipLine = label, (TooltipValue(shown(value, digits), source),)
    if not ends:
        return (line,)
    low, high = (TooltipValue(shown(end, digits), place) for end, place in ends)
    return line, ("95 % interval", (low, " to ", high))


def measure_lines(
    label: str, table: str, row: Row, column: str, digits: int = 2
) -> tuple[TooltipLine, ...]:
    """Return the tooltip lines of a measure in a numbered row, with its interval if it has one."""
    ends = zip(interval(row, column), interval_refs(table, row, column) or (), strict=False)
    return value_lines(
        label, as_float(row.get(column)), cell_ref(table, [row], column), tuple(ends), digits
    )


def count_lines(table: str, row: Row, counts: Mapping[str, str]) -> tuple[TooltipLine, ...]:
    """Return the tooltip lines of the counts that a numbered row has.

    `counts` maps columns to labels.
    """
    return tuple(
        (label, (TooltipValue(shown(row[column]), cell_ref(table, [row], column)),))
        for column, label in counts.items()
        if row.get(column) is not None
    )


def tooltips_json(
    figures: Mapping[str, Sequence[Tooltip | None]], models: Mapping[str, int]
) -> str:
    """Return the tooltips of a page's figures as JSON that is safe inside a script element.

    `models` maps models to the indices of their colours, in the order of palette.model_numbers.
    Raises ValueError for a tooltip whose numbers come from several tables or different rows.
    """
    numbers = {name: index for index, name in enumerate(models)}
    texts: dict[str, int] = {}
    shapes: dict[str, int] = {}

    def pack(tooltip: Tooltip | None) -> list[int] | None:
        if tooltip is None:
            return None
        file, rows = _place(tooltip)
        shape = json.dumps(_shape(tooltip, file), ensure_ascii=False, separators=(",", ":"))
        values = (value.text for value in tooltip.numbers)
        own_texts = (tooltip.title, tooltip.subtitle, rows, *values)
        return [
            shapes.setdefault(shape, len(shapes)),
            numbers.get(tooltip.model, -1),
            *(texts.setdefault(visible_in_page(text), len(texts)) for text in own_texts),
        ]

    packs = {
        name: [pack(tooltip) for tooltip in tooltips]
        for name, tooltips in figures.items()
        if any(tooltips)
    }
    whole = json.dumps(
        {
            "models": [(visible_in_page(name), colour) for name, colour in models.items()],
            "texts": list(texts),
            "shapes": [json.loads(shape) for shape in shapes],
            "figures": packs,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return whole.replace("<", "\\u003c")


def _shape(tooltip: Tooltip, file: str) -> dict[str, Any]:
    """Return a tooltip without its own texts; 0 is a placeholder for the next number."""
    return {
        "lines": [[label, *(0 if isinstance(part, TooltipValue) else part for part in parts)]
                  for label, parts in tooltip.lines],
        "file": file,
        "columns": [value.source.column for value in tooltip.numbers],
        "how": [value.source.how for value in tooltip.numbers],
    }  # fmt: skip


def _place(tooltip: Tooltip) -> tuple[str, str]:
    """Return the file and the rows that the numbers of a tooltip come from."""
    places = {(value.source.file, value.source.rows) for value in tooltip.numbers}
    if len(places) > 1:
        raise ValueError(f"the tooltip '{tooltip.title}' has numbers from several places: {places}")
    file, rows = places.pop() if places else ("", ())
    return file, _ranges(rows)


def _ranges(rows: Iterable[int]) -> str:
    """Return row numbers as '3 7-12 40', in their order."""
    found: list[list[int]] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in found)
