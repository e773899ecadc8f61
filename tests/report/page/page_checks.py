"""Checks of the numbers of a page against the tables that they claim to come from.

Nothing here uses the package: files are read and arithmetic is done anew, as a doubter would.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.report.page.page_numbers import numbers_of, tips_of

Figure = float | None


def wrong_numbers(page: str, run: Path) -> list[str]:
    """Return, in words, the numbers of a page that disagree with the tables of a run directory."""
    found = numbers_of(page)
    wrong = [f"no source: {one}" for one in found.sourceless]
    read = cache(lambda name: rows_of(run / name))
    for one in found.told:
        exact = HOW[one.how]([[row[c] for c in one.columns] for row in
                              (read(one.table)[i] for i in one.rows)])  # fmt: skip
        same = _equal if one.how == "value" else _close
        if exact is None or not same(float(one.value), exact):
            wrong.append(f"{one.place}: {one.value} is not {exact} of {one.table} {one.rows[:3]} "
                         f"{one.columns} {one.how}")  # fmt: skip
        elif one.text and not _rounds_to(float(one.value), one.text.strip()):
            wrong.append(f"{one.place}: {one.value} is shown as {one.text.strip()}")
    for one in (told for tip in tips_of(page) for told in tip.told):
        exact = HOW[one.how]([[row[c] for c in one.columns] for row in
                              (read(one.table)[i] for i in one.rows)])  # fmt: skip
        if exact is None or not _says(exact, one.how, one.text):
            wrong.append(f"{one.place}: {one.text} is not {exact} of {one.table} {one.rows[:3]} "
                         f"{one.columns} {one.how}")  # fmt: skip
    for name, tables in found.shown_rows.items():
        rows = len(read(name))
        wrong += [f"{t}: {n} rows of {name}, not {rows}" for t, n in tables.items() if n != rows]
    return wrong


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the rows of an Arrow, CSV or JSON table; numbers of a CSV as floats, empty as None."""
    if path.suffix == ".arrow":
        with pa.ipc.open_file(path) as file:
            rows: list[dict[str, Any]] = file.read_all().to_pylist()
        return rows
    if path.suffix == ".json":
        content = json.loads(path.read_text(encoding="utf-8"))
        return list(content["diagnostics"]["cells"])
    with path.open(encoding="utf-8", newline="") as file:
        return [{k: _cell(v) for k, v in row.items()} for row in csv.DictReader(file)]


def _cell(text: str) -> Any:
    if text in ("", "nan"):
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _equal(shown: float, exact: float) -> bool:
    return shown == exact


def _close(shown: float, exact: float) -> bool:
    """Sums may be added in another order."""
    return math.isclose(shown, exact, rel_tol=1e-12, abs_tol=1e-15)


def _says(exact: Any, how: str, text: str) -> bool:
    if isinstance(exact, datetime):
        return f"{exact:%Y-%m-%d %H:%M:%S}" == text
    if how != "from begin to end":
        return _rounds_to(exact, text)
    number, unit = text.split()
    size = {"s": 1, "min": 60, "h": 3600, "days": 86400}[unit]
    return abs(exact / size - float(number)) <= (0.5 if unit == "s" else 0.005 * float(number))


def _rounds_to(value: float, text: str) -> bool:
    if text == "<0.001":
        return value < 0.001
    if math.isinf(value):
        return text == ("∞" if value > 0 else "−∞")
    decimals = len(text.partition(".")[2])
    rounded = f"{value:,.{decimals}f}"
    if not rounded.strip("-0.,"):
        rounded = rounded.lstrip("-")
    return text == rounded.replace("-", "−")


Columns = list[list[Any]]


"""The rows that a number is made of, each with the figures of its columns."""


def _begin(rows: Columns) -> datetime:
    return min(row[0] for row in rows)  # type: ignore[no-any-return]


def _end(rows: Columns) -> datetime:
    return max(at + timedelta(seconds=seconds) for at, seconds in rows)  # type: ignore[no-any-return]


def _first(rows: Columns) -> list[Figure]:
    return [row[0] for row in rows]


def _sum(rows: Columns, column: int = 0) -> float:
    return float(sum(row[column] or 0 for row in rows))


HOW: dict[str, Callable[[Columns], Any]] = {
    "value": lambda rows: _first(rows)[0] if len(rows) == 1 else None,
    "sum": _sum,
    "mean": lambda rows: _sum(rows) / len(rows),
    "rows": len,
    "distinct": lambda rows: len(set(_first(rows))),
    "null": lambda rows: sum(value is None for value in _first(rows)),
    "above zero": lambda rows: sum(value is not None and value > 0 for value in _first(rows)),
    "below zero": lambda rows: sum(value is not None and value < 0 for value in _first(rows)),
    "true": lambda rows: sum(value in (True, "true") for value in _first(rows)),
    "least": lambda rows: min(value for value in _first(rows) if value is not None),
    "most": lambda rows: max(value for value in _first(rows) if value is not None),
    "clear of zero": lambda rows: sum(low > 0 or high < 0 for low, high in rows),
    "percent": lambda rows: 100 * _sum(rows) / _sum(rows, 1),
    "share": lambda rows: 100 * _sum(rows) / sum(_sum(rows, i) for i in range(len(rows[0]))),
    "begin": _begin,
    "end": _end,
    "from begin to end": lambda rows: (_end(rows) - _begin(rows)).total_seconds(),
    "first minus mean of the rest": lambda rows: rows[0][0] - _sum(rows[1:]) / len(rows[1:]),
    "2 / sqrt(n - 1)": lambda rows: 2 / math.sqrt(rows[0][0] - 1),
    "0.05 n": lambda rows: 0.05 * len(rows),
}
