"""Reads a report's page as a reader would: tables with their exact values, text, links."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "wbr", "input", "img", "hr"}


@dataclass
class Cell:
    text: str = ""
    value: str | None = None
    reason: str | None = None
    interval: tuple[str, str] | None = None


@dataclass
class Page(HTMLParser):
    """Feed it a page; then look at its fields."""

    tables: dict[str, list[list[Cell]]] = field(default_factory=dict)
    """By id: the rows, the first holding the headings."""
    captions: dict[str, list[list[Cell]]] = field(default_factory=dict)
    """The same tables by caption."""
    data: list[tuple[str, str]] = field(default_factory=list)
    """(exact value, shown text) of every number in a sentence."""
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    open_tags: list[str] = field(default_factory=list)
    heads: list[dict[str, str | None]] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._rows: list[list[Cell]] | None = None
        self._cell: Cell | None = None
        self._caption: str | None = None
        self._datum: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag not in VOID and not any(t == "svg" for t in self.open_tags):
            self.open_tags.append(tag)
        if has.get("id"):
            self.ids.append(str(has["id"]))
        self.links += [str(has[k]) for k in ("href", "src", "xlink:href", "action") if has.get(k)]
        if tag == "table":
            self._rows = []
            if has.get("id"):
                self.tables[str(has["id"])] = self._rows
        elif tag == "caption":
            self._caption = ""
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in ("td", "th") and self._rows is not None:
            self._cell = Cell(value=has.get("data-value"))
            self._rows[-1].append(self._cell)
            if tag == "th":
                self.heads.append(has)
        elif tag == "span" and self._cell is not None and has.get("title"):
            self._cell.reason = has["title"]
        elif tag == "small" and self._cell is not None:
            self._cell.interval = (str(has["data-low"]), str(has["data-high"]))
        elif tag == "data":
            self._datum = [str(has["value"]), ""]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open_tags:
            while (last := self.open_tags.pop()) != tag:
                self.unclosed.append(last)
        if tag == "caption" and self._rows is not None and self._caption is not None:
            self.captions[self._caption.strip()] = self._rows
            self._caption = None
        elif tag in ("td", "th"):
            self._cell = None
        elif tag == "data" and self._datum is not None:
            self.data.append((self._datum[0], self._datum[1]))
            self._datum = None

    def handle_data(self, data: str) -> None:
        if self._caption is not None:
            self._caption += data
        if self._cell is not None:
            self._cell.text += data
        if self._datum is not None:
            self._datum[1] += data


def read_page(text: str) -> Page:
    """Return the page, read."""
    page = Page()
    page.feed(text)
    page.close()
    page.unclosed += page.open_tags
    return page
