"""A table as the page shows it: cells with exact values, and reasons for what is null."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from culture_ray.report.cell_refs import Source
from culture_ray.report.formatting import NONE, p_value, shown

_DIGITS = dict.fromkeys(("estimate", "std_error", "ci_low", "ci_high", "hours", "gpu_hours"), 3) | {
    "dollars": 4,
    "unresolved_dollars": 4,
}
"""Decimals of columns that are not shown with two."""


@dataclass(frozen=True)
class Column:
    """A column of a page's table."""

    name: str
    label: str
    meaning: str = ""
    number: bool = False


@dataclass(frozen=True)
class TableCell:
    """A cell: what is shown, the exact value below it, and why it is null."""

    text: str
    value: str = ""
    """`repr` of the number, empty for words and nulls."""
    reason: str = ""
    low: TableCell | None = None
    """Lower end of the 95 % interval, where there is one."""
    high: TableCell | None = None
    source: Source | None = None
    """Where it stands, in tables that are not shown row by row."""


@dataclass(frozen=True)
class HtmlTable:
    """A table of the page."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[TableCell, ...], ...]
    filters: tuple[int, ...] = ()
    """Columns that a reader may narrow the table by."""
    throughout: tuple[tuple[str, str], ...] = ()
    """Columns that are the same in every row, said once: label and value."""
    file: str = ""
    """The file of the run directory that it shows row by row; empty for none."""

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
    file: str = "",
    names: Mapping[str, Mapping[str, str]] | None = None,
    why: Callable[[dict[str, Any], str], str] = lambda row, column: row.get("reason") or "",
) -> HtmlTable:
    """Return every row of `table`.

    Left out are `drop` and columns that are null throughout; protocol, judge and the source of its
    error are said once when they do not vary. `names` maps a column's values to the words that
    people read; `why` gives the reason for a null and gets the row and the column's name; `file`
    is where they stand.
    """
    fields = [f for f in table.schema if f.name not in drop and not _empty(table, f.name)]
    same = {f.name: _only(table, f.name) for f in fields if f.name in _ONCE}
    columns = tuple(_column(f) for f in fields if not same.get(f.name))
    known = names or {}

    def cell(row: dict[str, Any], column: str) -> TableCell:
        value = row[column]
        if value is not None and column.startswith("p_"):
            return TableCell(p_value(value), repr(value))
        word = known.get(column, {}).get(value, value) if isinstance(value, str) else value
        return entry(word, why(row, column), _DIGITS.get(column))

    rows = tuple(tuple(cell(row, c.name) for c in columns) for row in table.to_pylist())
    places = {c.name: i for i, c in enumerate(columns)}
    chosen = tuple(places[f] for f in filters if f in places)
    once = tuple((_label(f), value) for f, value in same.items() if value)
    return HtmlTable(name, caption, columns, rows, chosen, once, file)


def entry(
    value: Any, reason: str = "", digits: int | None = None, source: Source | None = None
) -> TableCell:
    """Return a value as a cell; a null carries its reason."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return TableCell(NONE, "", reason or "not available")
    exact = repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
    return TableCell(shown(value, digits), exact, source=source)


def _column(field: pa.Field[Any]) -> Column:
    notes = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
    unit = f" ({notes['unit']})" if "unit" in notes else ""
    number = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
    return Column(field.name, _label(field.name), notes.get("meaning", "") + unit, number)


def _label(name: str) -> str:
    return _LABELS.get(name, name.replace("_", " "))


def _only(table: pa.Table, name: str) -> str:
    """Return the value that every row has that has one, or nothing."""
    values = {v for v in table.column(name).to_pylist() if v is not None}
    return str(values.pop()) if len(values) == 1 else ""


def _empty(table: pa.Table, name: str) -> bool:
    """Return whether an optional column says nothing; columns with figures always stay."""
    kept = name in ("alignment", "self_consistency", "estimate")
    return not kept and table.num_rows > 0 and table.column(name).null_count == table.num_rows


_ONCE = ("protocol", "judge", "judge_error_source")

_LABELS = {
    "ci_low": "95 % from",
    "ci_high": "95 % to",
    "std_error": "std. error",
    "p_value": "p",
    "p_permutation": "p (permutation)",
    "wrong_language": "wrong language",
    "alignment_topics": "alignment over topic means",
    "population_kind": "kind",
    "judge_error_source": "judge error",
    "judge_error": "judge error rate",
    "hours": "replica-hours",
    "gpu_hours": "GPU-hours",
    "unresolved_dollars": "dollars of these",
    "output_tokens": "output tokens",
}
