"""Writer of docs/data.md: run `python -m tests.docs.data_page` after a change of a table.

Columns, files and sentences come from `culture_ray.tables`; data_contract.md holds what is true of
all tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray import tables
from culture_ray.tables import TABLES, Table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data.md"
CONTRACT = Path(__file__).with_name("data_contract.md")
"""First part of the page."""

_FOLDERS = {"run": "results/RUN/", "results": "results/", "conf": "conf/"}


def page() -> str:
    """Return the page as Markdown."""
    contract = CONTRACT.read_text(encoding="utf-8").replace("{version}", tables.SCHEMA_VERSION)
    parts = [contract.rstrip(), _overview(), *map(_section, TABLES.values())]
    return "\n\n".join(parts) + "\n"


def schemas() -> dict[str, pa.Schema]:
    """Return every schema of `culture_ray.tables` by its name there."""
    return {name: value for name, value in vars(tables).items() if isinstance(value, pa.Schema)}


def title(table: Table) -> str:
    """Return the heading of a table's section."""
    return table.name.replace("_", " ")


def _overview() -> str:
    lines = ["## All tables", "", "| table | files | one row per |", "| --- | --- | --- |"]
    for table in TABLES.values():
        files = _files([table.file] if table.file else [], table.folder)
        row = table.meaning.removeprefix("One row per ").split(":")[0].rstrip(".")
        lines.append(f"| {_link(table)} | {files} | {row} |")
    return "\n".join(lines)


def _section(table: Table) -> str:
    facts = [
        f"- Name in `culture_ray.tables.TABLES`: `{table.name}`",
        f"- Files: {_files([table.file] if table.file else [], table.folder)}",
        *([f"- Copies and parts: {_files(table.copies, table.folder)}"] if table.copies else []),
        *([f"- In every finished run: {_always(table)}"] if table.folder == "run" else []),
        f"- Written by: {table.written_by}",
        f"- Order of rows: {table.order}",
    ]
    lines = [f"## {title(table)}", "", table.meaning, "", *facts, ""]
    if table.note:
        lines += [table.note, ""]
    first = next(other for other in TABLES.values() if other.schema is table.schema)
    if first is not table:
        return "\n".join([*lines, f"The columns are those of {_link(first)}."])
    return "\n".join([*lines, *_columns(table.schema)])


def _always(table: Table) -> str:
    return "no" if table.optional else "yes"


def _link(table: Table) -> str:
    return f"[{title(table)}](#{table.name.replace('_', '-')})"


def _files(files: list[str] | tuple[str, ...], folder: str) -> str:
    named = [re.sub(r"\{(\w+)\}", lambda name: name[1].upper(), file) for file in files]
    return ", ".join(f"`{_FOLDERS[folder]}{file}`" for file in named) or "none"


def _columns(schema: pa.Schema) -> Iterator[str]:
    yield "| column | type | unit | meaning |"
    yield "| --- | --- | --- | --- |"
    for field in schema:
        about = _about(field)
        cells = (f"`{field.name}`", f"`{_type(field.type)}`", about["unit"], about["meaning"])
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _about(field: pa.Field[Any]) -> dict[str, str]:
    metadata = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
    return {"unit": metadata.get("unit", ""), "meaning": metadata["meaning"]}


def _type(kind: pa.DataType) -> str:
    return str(kind).replace("list<item: ", "list<").replace("tz=", "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)
