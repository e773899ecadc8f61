"""A table as the page shows it: typed columns, cells with exact values, reasons for what is null."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from culture_ray.report.words import NONE, shown

_EXACT = {"p_value": 3, "p_permutation": 3, "std_error": 3}


@dataclass(frozen=True)
class Column:
    """A column of a page's table."""

    name: str
    label: str
    meaning: str = ""
    number: bool = False


@dataclass(frozen=True)
class Entry:
    """A cell: what is shown, the exact value below it, and why it is null."""

    text: str
    value: str = ""
    """`repr` of the number, empty for words and nulls."""
    reason: str = ""


@dataclass(frozen=True)
class Grid:
    """A table of the page."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Entry, ...], ...]
    filters: tuple[int, ...] = ()
    """Columns that a reader may narrow the table by."""

    def choices(self, column: int) -> list[str]:
        """Return the distinct texts of a column, in order of appearance."""
        return list(dict.fromkeys(row[column].text for row in self.rows))

    @property
    def reasons(self) -> list[str]:
        """Return the distinct reasons of nulls, in order of appearance."""
        found = (entry.reason for row in self.rows for entry in row if entry.reason)
        return list(dict.fromkeys(found))

    @property
    def legend(self) -> list[Column]:
        """Return the columns whose meaning is known."""
        return [c for c in self.columns if c.meaning]

    @property
    def fields(self) -> list[tuple[Column, int, list[str]]]:
        """Return the filters as (column, index, choices), without those that offer no choice."""
        found = [(self.columns[i], i, self.choices(i)) for i in self.filters]
        return [(column, i, choices) for column, i, choices in found if len(choices) > 1]


def grid(
    table: pa.Table,
    name: str,
    caption: str,
    *,
    drop: Sequence[str] = (),
    filters: Sequence[str] = (),
    why: Callable[[dict[str, Any], str], str] = lambda row, column: row.get("reason") or "",
) -> Grid:
    """Return every row of `table`; columns that are null throughout and `drop` are left out.

    `why` gives the reason for a null; it gets the row and the column's name.
    """
    fields = [f for f in table.schema if f.name not in drop and not _empty(table, f.name)]
    columns = tuple(_column(f) for f in fields)
    rows = tuple(
        tuple(entry(row[c.name], why(row, c.name), _EXACT.get(c.name)) for c in columns)
        for row in table.to_pylist()
    )
    places = {c.name: i for i, c in enumerate(columns)}
    return Grid(name, caption, columns, rows, tuple(places[f] for f in filters if f in places))


def entry(value: Any, reason: str = "", digits: int | None = None) -> Entry:
    """Return a value as a cell; a null carries its reason."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Entry(NONE, "", reason or "not available")
    exact = repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
    return Entry(shown(value, digits), exact)


def _column(field: pa.Field) -> Column:
    notes = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
    unit = f" ({notes['unit']})" if "unit" in notes else ""
    number = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
    label = _LABELS.get(field.name, field.name.replace("_", " "))
    return Column(field.name, label, notes.get("meaning", "") + unit, number)


def _empty(table: pa.Table, name: str) -> bool:
    """Return whether an optional column says nothing; columns with figures always stay."""
    kept = name in ("alignment", "self_consistency", "estimate")
    return not kept and table.num_rows > 0 and table.column(name).null_count == table.num_rows


_LABELS = {
    "ci_low": "95 % from",
    "ci_high": "95 % to",
    "std_error": "std. error",
    "p_value": "p",
    "p_permutation": "p (permutation)",
    "wrong_language": "wrong language",
    "alignment_topics": "alignment over topic means",
    "population_kind": "kind",
}
