"""Files in the forms in which benchmarks are published give the same items."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from culture_ray.errors import BadTable, UserError
from tests.benchmarks.items.sources import ROWS, changed, read, write_csv, write_workbook

NAMES = list(ROWS[0])


def _text(separator: str, *, header: bool = True, mark: str = "") -> Callable[[Path], None]:
    lines = [separator.join(map(str, row.values())) for row in ROWS]
    text = "\r\n".join([separator.join(NAMES), *lines] if header else lines)
    return lambda path: (path.write_text(mark + text + "\r\n", encoding="utf-8"), None)[1]


def _json(content: Any) -> Callable[[Path], None]:
    return lambda path: (path.write_text(json.dumps(content), encoding="utf-8"), None)[1]


def _gzip(path: Path) -> None:
    path.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in ROWS).encode()))


BY_COLUMN = {name: [row[name] for row in ROWS] for name in NAMES}
BY_ROW = {name: {str(n): v for n, v in enumerate(own)} for name, own in BY_COLUMN.items()}
FORMS: Mapping[str, tuple[str, Callable[[Path], None], Mapping[str, Any]]] = {
    "semicolons after a byte order mark": ("csv", _text(";", mark="\ufeff"), {}),
    "bars": ("csv", _text("|"), {}),
    "tabs": ("tsv", _text("\t"), {}),
    "tabs in a csv": ("csv", _text("\t"), {}),
    "a named separator": ("csv", _text("^"), {"separator": "^"}),
    "no header": ("tsv", _text("\t", header=False), {"columns": NAMES}),
    "columns by name": ("json", _json(BY_COLUMN), {}),
    "columns by row number": ("json", _json(BY_ROW), {}),
    "packed lines": ("jsonl.gz", _gzip, {}),
    "a workbook": ("xlsx", lambda path: (write_workbook(path, ROWS), None)[1], {}),
    "rows of a language in one file": (
        "json", _json({"eng": list(ROWS), "dan": []}), {"transforms": [{"rows": "{language}"}]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_published_form_gives_the_same_items(tmp_path: Path, form: str) -> None:
    suffix, write, source = FORMS[form]
    write_csv(tmp_path / "plain" / "eng.csv")
    write(tmp_path / f"eng.{suffix}")
    items = read(tmp_path, changed(source={"files": "{language}." + suffix, **source}))
    assert items.tables["en"].equals(read(tmp_path / "plain").tables["en"])


def test_a_quotation_mark_is_text_where_the_file_has_no_quotes(tmp_path: Path) -> None:
    rows = '"Who" said it?\nWhat is 5" long?\n'
    (tmp_path / "eng.tsv").write_text(f"id\tquestion\n1\t{rows}".replace("\nW", "\n2\tW"), "utf-8")
    design = changed(
        source={"files": "{language}.tsv", "quoted": False},
        answer={"kind": "text"},
        prompts="{text}",
    )
    design |= {"items": {"id": "id", "text": "question"}, "scores": {"repetition": {}}}
    table = read(tmp_path, design).tables["en"]
    assert sorted(table.column("text").to_pylist()) == ['"Who" said it?', 'What is 5" long?']


def test_numbers_escapes_and_empty_cells_of_a_workbook_are_texts(tmp_path: Path) -> None:
    text = "Line_x000D_\n{} < 3 & so"
    rows = [
        {"id": n, "hint": None, "question": text.format(n), **{k: row[k] for k in NAMES[2:]}}
        for n, row in enumerate(ROWS)
    ]
    write_workbook(tmp_path / "eng.xlsx", rows)
    table = read(tmp_path, changed(source={"files": "{language}.xlsx"})).tables["en"]
    assert sorted(table.column("item").to_pylist()) == ["0", "1", "2"]
    assert table.sort_by("item").column("text")[0].as_py() == "Line\r\n0 < 3 & so"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("eng.xlsx", b"PK no workbook", "cannot be read"),
        ("eng.jsonl.gz", b"\x1f\x8b\x00broken", "cannot be read"),
        ("eng.jsonl.gz", gzip.compress(b'{"id": 1}', mtime=0)[:-9], "cannot be read"),
        ("eng.docx", b"", "set source.format to csv, json, jsonl, parquet or xlsx"),
        ("eng.csv", b"id,id\n1,2\n", "a column name occurs twice among id, id"),
        ("eng.csv", b"id,question\n1,2,3\n", "cannot be read"),
        ("eng.json", b'{"a": [1], "b": [1, 2]}', "not a list of objects"),
        ("eng.parquet", b"PAR1", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadTable) as caught:
        read(tmp_path, changed(source={"files": name.replace("eng", "{language}")}))
    assert str(caught.value).startswith(f"{tmp_path / name}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("separator", [";;", "", "é"])
def test_a_separator_is_one_character(tmp_path: Path, separator: str) -> None:
    with pytest.raises(UserError, match=r"source\.separator"):
        read(tmp_path, changed(source={"separator": separator}))
