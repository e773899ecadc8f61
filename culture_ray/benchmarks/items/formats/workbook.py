"""Workbooks of spreadsheet programs (Office Open XML): the first sheet as columns of texts."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree
from zipfile import ZipFile

from culture_ray.benchmarks.items.columns import Columns

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MOST_BYTES = 1 << 30
"""Most bytes that a part of a workbook may unpack to."""


def workbook_columns(content: bytes, names: Sequence[str] = ()) -> Columns:
    """Return the first sheet of a workbook as columns of texts; empty rows are left out.

    Without `names` the first row is the header. A cell with a formula has the value that was stored
    with it. Raises ValueError, KeyError and BadZipFile for what is no workbook.
    """
    with ZipFile(io.BytesIO(content)) as parts:
        shared = _shared_texts(parts)
        rows = list(_rows(_part(parts, _first_sheet(parts)), shared))
    header = list(names) or (rows.pop(0) if rows else [])
    if len(set(header)) != len(header):
        raise ValueError(f"a column name occurs twice among {', '.join(header)}")
    if wide := next((row for row in rows if len(row) > len(header)), None):
        raise ValueError(f"a row has {len(wide)} cells and the header {len(header)}")
    return {
        name: [row[place] if place < len(row) else "" for row in rows]
        for place, name in enumerate(header)
    }


def _part(parts: ZipFile, name: str) -> ElementTree.Element:
    if parts.getinfo(name).file_size > _MOST_BYTES:
        raise ValueError(f"{name} is larger than {_MOST_BYTES:,} bytes")
    content = parts.read(name)
    if b"<!DOCTYPE" in content:  # entities that expand without end
        raise ValueError(f"{name} declares a document type")
    return ElementTree.fromstring(content)


def _first_sheet(parts: ZipFile) -> str:
    """Return the name of the part that holds the first sheet."""
    sheet = _part(parts, "xl/workbook.xml").find(f"{_MAIN}sheets/{_MAIN}sheet")
    wanted = "" if sheet is None else sheet.get(_RELATED, "")
    for relation in _part(parts, "xl/_rels/workbook.xml.rels"):
        if relation.get("Id") == wanted:
            target = relation.get("Target", "")
            return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    raise ValueError("the workbook has no sheet")


def _shared_texts(parts: ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in parts.namelist():
        return []
    return [_text_of(one) for one in _part(parts, "xl/sharedStrings.xml")]


def _text_of(element: ElementTree.Element) -> str:
    """Return the text of runs, without the readings of Japanese words beside them."""
    runs = [*element.findall(f"{_MAIN}t"), *element.findall(f"{_MAIN}r/{_MAIN}t")]
    text = "".join(run.text or "" for run in runs)
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), text)


def _rows(sheet: ElementTree.Element, shared: Sequence[str]) -> Iterator[list[str]]:
    for row in sheet.iterfind(f"{_MAIN}sheetData/{_MAIN}row"):
        cells: list[str] = []
        for cell in row.iterfind(f"{_MAIN}c"):
            place = _place(cell.get("r", ""), len(cells))
            cells += [""] * (place - len(cells))
            cells.append(_value(cell, shared))
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            yield cells


def _place(reference: str, following: int) -> int:
    """Return the number of a cell's column, from 0: 1 for B7."""
    place = 0
    for letter in re.match(r"[A-Z]*", reference)[0]:  # type: ignore[index]  # always matches
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1 if place else following


def _value(cell: ElementTree.Element, shared: Sequence[str]) -> str:
    kind, value = cell.get("t", "n"), cell.findtext(f"{_MAIN}v") or ""
    if kind == "inlineStr":
        inline = cell.find(f"{_MAIN}is")
        return "" if inline is None else _text_of(inline)
    if kind == "s":
        return shared[int(value)] if value else ""
    if kind == "b":
        return "true" if value == "1" else "false"
    return value.removesuffix(".0") if kind == "n" else value
