"""Reads the numbers of a page with what they claim to be, in tables, sentences and tooltips."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "input", "img", "hr"}


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


def _places(has: Mapping[str, str | None]) -> tuple[int, ...]:
    return tuple(int(place) for place in _words(has, "data-row"))


def _words(has: Mapping[str, str | None], name: str) -> tuple[str, ...]:
    return tuple((has.get(name) or "").split())
