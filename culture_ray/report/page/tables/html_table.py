"""Tables of the page: cells with exact values, and reasons for nulls."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from culture_ray.report.cell_refs import CellRef
from culture_ray.report.formatting import NONE, p_value, shown
from culture_ray.report.measure_names import measure_name

Names = Mapping[str | None, str]
"""Display names of the values of a column; for None, of a null."""

_DIGITS = dict.fromkeys(("estimate", "std_error", "ci_low", "ci_high", "hours", "gpu_hours"), 3) | {
    "dollars": 4,
    "unresolved_dollars": 4,
}
"""Column -> number of decimals, if not two."""


@dataclass(frozen=True)
class Column:
    """A column of a table on the page."""

    name: str
    label: str
    meaning: str = ""
    number: bool = False


@dataclass(frozen=True)
class TableCell:
    """A cell: its text, its exact value, and the reason if it is null."""

    text: str
    value: str = ""
    """`repr` of a number; empty for text and nulls."""
    reason: str = ""
    low: TableCell | None = None
    """Lower end of the 95 % interval, if there is one."""
    high: TableCell | None = None
    source: CellRef | None = None
    """Table cells of the value, in tables that do not show a file row by row."""
    also: TableCell | None = None
    """A second number of the same cell, in points."""
    note: str = ""
    """Text below the number."""


@dataclass(frozen=True)
class HtmlTable:
    """A table on the page."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[TableCell, ...], ...]
    filters: tuple[int, ...] = ()
    """Indices of the columns that a reader can filter by."""
    constants: tuple[tuple[str, str], ...] = ()
    """Label and value of columns with one value in every row, stated once."""
    file: str = ""
    """File of the run directory that the table shows row by row; empty for none."""
    zeros: tuple[str, ...] = ()
    """Labels of counts that are zero in every row and have no column."""
    zeros_mean: str = "Zero in every row"
    numbers: tuple[int, ...] = ()
    """Row of the file that each row shows, counted from 0."""

    def choices(self, column: int) -> list[str]:
        """Return the distinct texts of a column, in order of appearance."""
        return list(dict.fromkeys(row[column].text for row in self.rows))

    @property
    def reasons(self) -> list[str]:
        """Return the distinct reasons for nulls, in order of appearance."""
        found = (cell.reason for row in self.rows for cell in row if cell.reason)
        return list(dict.fromkeys(found))

    @property
    def legend(self) -> list[Column]:
        """Return the columns with a definition."""
        return [c for c in self.columns if c.meaning]

    @property
    def fields(self) -> list[tuple[Column, int, list[str]]]:
        """Return the filters that offer a choice, as (column, index, choices)."""
        found = [(self.columns[i], i, self.choices(i)) for i in self.filters]
        return [(column, i, choices) for column, i, choices in found if len(choices) > 1]


def html_table(
    table: pa.Table,
    name: str,
    caption: str,
    *,
    drop: Sequence[str] = (),
    filters: Sequence[str] = (),
    file: str = "",
    zeros_mean: str = "",
    fold_intervals: bool = False,
    order: Callable[[dict[str, Any]], Any] | None = None,
    names: Mapping[str, Names] | None = None,
    null_reason: Callable[[dict[str, Any], str], str] = lambda row, column: row.get("reason") or "",
) -> HtmlTable:
    """Return all rows of `table` as a table of the page, sorted by `order` if that is given.

    Columns in `drop` and columns without a value are left out; protocol, judge and source of the
    judge's error are stated once if they do not vary. `names` maps the values of a column to
    display names, and a null to the words for one that is no gap. `null_reason` returns the reason
    for any other null, given the row and the column's name. `file` is the file of the run directory
    that holds the table. With `zeros_mean`, counts that are zero in every row are named after these
    words and have no column. With `fold_intervals`, a measure is shown with its interval in one
    column, and its standard error is left to the file.
    """
    fields = [f for f in table.schema if f.name not in drop and not _all_null(table, f.name)]
    folded = {f.name for f in fields if fold_intervals and _ends(f.name)[0] in table.column_names}
    inside = {name + part for name in folded for part in _FOLDED}
    fields = [f for f in fields if f.name not in inside]
    zeros = [f for f in fields if zeros_mean and _all_zero(table, f)]
    fields = [f for f in fields if f not in zeros]
    same = {f.name: _constant_value(table, f.name) for f in fields if f.name in _STATED_ONCE}
    columns = tuple(_column(f) for f in fields if not same.get(f.name))
    known = names or {}
    numbered = list(enumerate(table.to_pylist()))
    if order is not None:
        numbered.sort(key=lambda entry: order(entry[1]))

    def cell(number: int, row: dict[str, Any], column: str) -> TableCell:
        found = _cell(row, column, known.get(column, {}), null_reason)
        return _with_interval(found, file, number, row, column) if column in folded else found

    rows = tuple(tuple(cell(number, row, c.name) for c in columns) for number, row in numbered)
    places = {c.name: i for i, c in enumerate(columns)}
    return HtmlTable(
        name,
        caption,
        columns,
        rows,
        filters=tuple(places[f] for f in filters if f in places),
        constants=tuple((_label(f), value) for f, value in same.items() if value),
        file=file,
        zeros=tuple(_label(f.name) for f in zeros),
        zeros_mean=zeros_mean,
        numbers=tuple(number for number, _ in numbered),
    )


def table_cell(
    value: Any, reason: str = "", digits: int | None = None, source: CellRef | None = None
) -> TableCell:
    """Return a value as a cell; a null gets its reason."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return TableCell(NONE, "", reason or "not available")
    exact = repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
    return TableCell(shown(value, digits), exact, source=source)


def _cell(
    row: dict[str, Any],
    column: str,
    names: Names,
    null_reason: Callable[[dict[str, Any], str], str],
) -> TableCell:
    value = row[column]
    if value is not None and column.startswith("p_"):
        return TableCell(p_value(value), repr(value))
    text = names.get(value, value) if value is None or isinstance(value, str) else value
    return table_cell(text, null_reason(row, column), _DIGITS.get(column))


def _with_interval(
    cell: TableCell, file: str, number: int, row: dict[str, Any], column: str
) -> TableCell:
    """Return the cell with its interval, if the row has both."""
    low, high = (
        table_cell(row[end], source=CellRef(file, (number,), end)) for end in _ends(column)
    )
    known = not (cell.reason or low.reason or high.reason)
    return replace(cell, low=low, high=high) if known else cell


def _column(field: pa.Field[Any]) -> Column:
    notes = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
    unit = f" ({notes['unit']})" if "unit" in notes else ""
    number = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
    return Column(field.name, _label(field.name), column_meaning(field) + unit, number)


def column_meaning(field: pa.Field[Any]) -> str:
    """Return the meaning of a column as readers see it: labels for names, values without marks."""
    meaning = (field.metadata or {}).get(b"meaning", b"").decode()
    return _CODE.sub(lambda found: _label(found.group(1)), meaning).replace("`", "")


def _label(name: str) -> str:
    return _LABELS.get(name) or measure_name(name)


def _ends(name: str) -> tuple[str, str]:
    """Return the columns of the interval of a measure."""
    return f"{name}_ci_low", f"{name}_ci_high"


def _constant_value(table: pa.Table, name: str) -> str:
    """Return the only value of a column, nulls aside; empty if there are several."""
    values = {v for v in table.column(name).to_pylist() if v is not None}
    return str(values.pop()) if len(values) == 1 else ""


def _all_null(table: pa.Table, name: str) -> bool:
    """Return True if a column that may be left out has only nulls."""
    required = name in ("alignment", "self_consistency", "estimate")
    return not required and table.num_rows > 0 and table.column(name).null_count == table.num_rows


def _all_zero(table: pa.Table, field: pa.Field[Any]) -> bool:
    """Return True if a column of counts has only zeros."""
    return pa.types.is_integer(field.type) and set(table.column(field.name).to_pylist()) == {0}


_CODE = re.compile(r"`?\b([a-z]+(?:_[a-z]+)+)\b`?")
"""Name of another column in the meaning of a column."""
_FOLDED = ("_ci_low", "_ci_high", "_std_error")
_STANCES = ("pro", "con", "neutral")
_STATED_ONCE = ("protocol", "judge", "judge_error_source")

_LABELS = {
    "ci_low": "95 % lower",
    "ci_high": "95 % upper",
    "std_error": "std. error",
    "p_value": "p",
    "p_permutation": "p (permutation)",
    "wrong_language": "wrong language",
    "alignment_topics": "alignment over topic means",
    "population_kind": "kind",
    "judge_error_source": "source of judge error",
    "judge_error": "judge error rate",
    "hours": "replica-hours",
    "gpu_hours": "GPU-hours",
    "output_tokens": "output tokens",
} | {f"{true}_read_{label}": f"{true} labelled {label}" for true in _STANCES for label in _STANCES}
