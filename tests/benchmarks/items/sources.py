"""Small sources of items, written into a folder."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZipFile

import yaml

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.items.read import Items, read_items

PLAIN: Mapping[str, Any] = yaml.safe_load("""
source: {files: "{language}.csv"}
items:
  id: id
  text: question
  options: [a, b]
  answer: answer
  groups: {kind: kind}
languages: {en: eng, da: dan}
prompts: "{text} {options}"
answer: {kind: option}
scores: {accuracy: {}}
""")
ROWS: Sequence[Mapping[str, Any]] = [
    {"id": "01", "question": "Capital of Denmark?", "a": "Aarhus", "b": "Copenhagen",
     "answer": "B", "kind": "place"},
    {"id": "02", "question": "Colour of the flag?", "a": "Red", "b": "Blue", "answer": "A",
     "kind": "thing"},
    {"id": "03", "question": "Largest island?", "a": "Zealand", "b": "Funen", "answer": "A",
     "kind": "place"},
]  # fmt: skip


def changed(design: Mapping[str, Any] = PLAIN, **parts: Any) -> dict[str, Any]:
    """Return a design with some keys changed: mappings are merged, other values replaced."""
    content = dict(design)
    for key, value in parts.items():
        merge = isinstance(value, Mapping) and isinstance(content.get(key), Mapping)
        content[key] = {**content[key], **value} if merge else value
    return content


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]] = ROWS) -> Path:
    """Write rows as a CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(
    folder: Path,
    content: Mapping[str, Any] = PLAIN,
    languages: Sequence[str] = ("en",),
    seed: int = 1,
) -> Items:
    """Read a benchmark whose files are in a folder."""
    return read_items(Benchmark.from_mapping("b", content), languages, [folder], seed)


def write_workbook(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write rows as the first sheet of a workbook, texts shared and numbers in their cells."""
    table = [list(rows[0]), *(list(row.values()) for row in rows)]
    texts = list(dict.fromkeys(v for row in table for v in row if isinstance(v, str)))
    cells = "".join(
        f'<row r="{number}">{"".join(_cell(v, c, number, texts) for c, v in enumerate(row))}</row>'
        for number, row in enumerate(table, start=1)
    )
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    path.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(path, "w") as parts:
        parts.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            f'<sheet name="Items" sheetId="1" r:id="rId7"/></sheets></workbook>',
        )
        parts.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="rId7" Type="{office}/worksheet" '
            f'Target="worksheets/items.xml"/></Relationships>',
        )
        parts.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{shared}</sst>')
        parts.writestr(
            "xl/worksheets/items.xml",
            f'<worksheet xmlns="{main}"><sheetData>{cells}<row r="99"/></sheetData></worksheet>',
        )
    return path


def _cell(value: Any, column: int, row: int, texts: Sequence[str]) -> str:
    """Return a cell; one without a value is left out, as spreadsheet programs do."""
    place = f"{chr(ord('A') + column)}{row}"
    if value in (None, ""):
        return ""
    if isinstance(value, str):
        return f'<c r="{place}" t="s"><v>{texts.index(value)}</v></c>'
    return f'<c r="{place}"><v>{value}</v></c>'
