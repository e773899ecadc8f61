"""`python -m tests.docs.data_page` writes docs/data.md from tables.py.

The columns, their types and meanings are the schemas' own; the sentence over each table is the one
that stands under its schema; where the files lie is said in data_files.py, and tested.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray import tables
from tests.docs.data_files import FILES, DataFiles

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data.md"
CONTRACT = Path(__file__).with_name("data_contract.md")
"""What holds of all tables; the page begins with it."""

_FOLDERS = {"run": "results/RUN/", "results": "results/", "conf": "conf/"}


def page() -> str:
    """Return the page as Markdown."""
    said = sentences()
    contract = CONTRACT.read_text(encoding="utf-8").replace("{version}", tables.SCHEMA_VERSION)
    parts = [contract.rstrip(), _overview()]
    parts += [_section(files, said[files.schema]) for files in FILES]
    return "\n\n".join(parts) + "\n"


def schemas() -> dict[str, pa.Schema]:
    """Return every schema of tables.py by its name there."""
    return {name: value for name, value in vars(tables).items() if isinstance(value, pa.Schema)}


def sentences() -> dict[str, str]:
    """Return the words that stand under each schema in tables.py, which Python itself drops."""
    folder = Path(tables.__path__[0])
    modules = [ast.parse(path.read_text(encoding="utf-8")) for path in folder.glob("*.py")]
    found = {}
    for statement, after in (pair for module in modules for pair in pairwise(module.body)):
        if not isinstance(statement, ast.Assign) or not isinstance(after, ast.Expr):
            continue
        target, said = statement.targets[0], after.value
        if isinstance(target, ast.Name) and isinstance(said, ast.Constant):
            found[target.id] = " ".join(str(said.value).split())
    return found


def _overview() -> str:
    lines = ["## All tables", "", "| table | files |", "| --- | --- |"]
    for files in FILES:
        anchor = files.title.replace(" ", "-").replace("'", "")
        lines.append(f"| [{files.title}](#{anchor}) | {_places(files)} |")
    return "\n".join(lines)


def _section(files: DataFiles, sentence: str) -> str:
    schema = schemas()[files.schema]
    facts = [
        f"- Files: {_places(files)}",
        f"- Written by: {files.writer}",
        f"- Order of rows: {files.order}",
    ]
    lines = [f"## {files.title}", "", sentence, "", *facts, ""]
    if files.note:
        lines += [files.note, ""]
    return "\n".join([*lines, *_columns(schema)])


def _places(files: DataFiles) -> str:
    folder = _FOLDERS[files.of]
    return ", ".join(f"`{folder}{place}`" for place in files.places) or "none"


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
