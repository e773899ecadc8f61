"""Reads the numbers of a page with what they claim to be, and the tables they claim to come from.

Nothing here uses the package: files are read and arithmetic is done anew, as a doubter would.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa

VOID = {"meta", "link", "br", "input", "img", "hr"}
Figure = float | None


@dataclass
class Told:
    """A number on the page, and where it says that it stands."""

    value: str
    table: str
    rows: tuple[int, ...]
    columns: tuple[str, ...]
    how: str = "value"
    text: str = ""
    place: str = ""
    """Id of the table or section that shows it."""


@dataclass
class Numbers(HTMLParser):
    """Feed it a page; then look at its fields."""

    told: list[Told] = field(default_factory=list)
    sourceless: list[str] = field(default_factory=list)
    """Numbers that do not say where they stand."""
    shown_rows: dict[str, dict[str, int]] = field(default_factory=dict)
    """By file and id of a table: how many rows it shows."""

    def __post_init__(self) -> None:
        super().__init__()
        self._table: dict[str, str | None] = {}
        self._row: dict[str, str | None] = {}
        self._heads: list[str] = []
        self._cell = -1
        self._numbers = -1
        self._open: Told | None = None
        self._section = ""
        self._small = False
        self._in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag in ("section", "header"):
            self._section = has.get("id") or tag
        elif tag == "table":
            self._table, self._heads = has, []
        elif tag in ("thead", "tbody"):
            self._in_head = tag == "thead"
        elif tag == "tr":
            self._row, self._cell, self._numbers = has, -1, -1
            if has.get("data-row") is not None and "data-table" not in has:
                shown = self.shown_rows.setdefault(str(self._table["data-table"]), {})
                name = str(self._table["id"])
                shown[name] = shown.get(name, 0) + 1
        elif tag in ("td", "th"):
            self._cell += 1
            if self._in_head:
                self._heads.append(has.get("data-name") or "")
                return
            classes = (has.get("class") or "").split()
            self._numbers += "n" in classes
            if "data-value" in has:
                self._begin(has, str(has["data-value"]))
        elif tag == "small" and "data-low" in has:
            self._small = True
            for end, column in zip(("data-low", "data-high"), _words(has, "data-column"),
                                   strict=True):  # fmt: skip
                place = (str(has["data-table"]), _places(has), (column,))
                self.told.append(Told(str(has[end]), *place, place="interval"))
        elif tag == "data":
            self._begin(has, str(has["value"]))

    def _begin(self, has: Mapping[str, str | None], value: str) -> None:
        place = str(self._table.get("id") or self._section)
        if "data-table" in has:
            found = Told(value, str(has["data-table"]), _places(has), _words(has, "data-column"),
                         has.get("data-how") or "value", place=place)  # fmt: skip
        elif "data-columns" in self._row:
            column = _words(self._row, "data-columns")[self._numbers]
            found = Told(value, str(self._row["data-table"]), _places(self._row), (column,),
                         place=place)  # fmt: skip
        elif self._table.get("data-table") and self._row.get("data-row") is not None:
            found = Told(value, str(self._table["data-table"]), _places(self._row),
                         (self._heads[self._cell],), place=place)  # fmt: skip
        else:
            self.sourceless.append(f"{value} in {place}")
            return
        self._open = found
        self.told.append(found)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "data"):
            self._open = None
        elif tag == "table":
            self._table = {}
        elif tag == "small":
            self._small = False

    def handle_data(self, data: str) -> None:
        if self._open is not None and not self._small:
            self._open.text += data


def numbers_of(page: str) -> Numbers:
    """Return the numbers of a page."""
    found = Numbers()
    found.feed(page)
    found.close()
    return found


@dataclass(frozen=True)
class Tip:
    """Tooltip of a mark of a figure, and the rows that its numbers come from."""

    figure: str
    model: str
    title: str
    about: str
    told: tuple[Told, ...]


def tips_of(page: str) -> list[Tip]:
    """Return the tooltips of the marks of a page's figures."""
    found = re.search(r'<script type="application/json" id="tips">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    packed = json.loads(found.group(1))
    texts = packed["texts"]
    tips = []
    for figure, packs in packed["figures"].items():
        for shape, model, *words in filter(None, packs):
            title, about, rows, *numbers = (texts[word] for word in words)
            form = packed["shapes"][shape]
            place = form["file"], tuple(_unfolded(rows))
            told = [
                Told("", *place, tuple(columns.split()), how, text, f"tip of {figure}")
                for text, columns, how in zip(numbers, form["columns"], form["how"], strict=True)
            ]
            slots = sum(part == 0 for _, *parts in form["lines"] for part in parts)
            assert slots == len(numbers)
            name = packed["models"][model][0] if model >= 0 else ""
            tips.append(Tip(figure, name, title, about, tuple(told)))
    return tips


def _unfolded(rows: str) -> list[int]:
    """Return the rows that '3 7-12' names."""
    ends = [[int(end) for end in part.split("-")] for part in rows.split()]
    return [row for pair in ends for row in range(pair[0], pair[-1] + 1)]


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


def _places(has: Mapping[str, str | None]) -> tuple[int, ...]:
    return tuple(int(place) for place in _words(has, "data-row"))


def _words(has: Mapping[str, str | None], name: str) -> tuple[str, ...]:
    return tuple((has.get(name) or "").split())


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
