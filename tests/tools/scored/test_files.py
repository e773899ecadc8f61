"""The same responses in any usual format are the same rows, and a broken file is one clear line."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from culture_ray.errors import BadTable, WrongValue
from culture_ray.tools.scored.files import read_file, scored_files, stem
from tests.tools.scored.reading import read

ROWS = [
    {"model": "m", "language": "da", "topic": "f120", "value_polarity": 0.25},
    {"model": "m", "language": "en", "topic": "f120", "value_polarity": 0.5},
]
NAMES = list(ROWS[0])


def separated(separator: str, decimal: str = ".") -> str:
    lines = [separator.join(str(v).replace(".", decimal) for v in row.values()) for row in ROWS]
    return "\n".join([separator.join(NAMES), *lines]) + "\n"


TEXTS = {
    "x.csv": separated(","),
    "semicolons.csv": separated(";", decimal=","),
    "tabs.csv": separated("\t"),
    "x.tsv": separated("\t"),
    "bars.txt": separated("|"),
    "stated.csv": "sep=;\n" + separated(";"),
    "windows.csv": separated(",").replace("\n", "\r\n"),
    "quoted.csv": 'model,language,topic,value_polarity\n"m","da","f120","0.25"\nm,en,f120,0.5\n',
    "x.jsonl": "\n".join(map(json.dumps, ROWS)),
    "glued.jsonl": "".join(map(json.dumps, ROWS)) + "\n\n",
    "lines.json": "\n".join(map(json.dumps, ROWS)),
    "array.json": json.dumps(ROWS),
    "array.jsonl": json.dumps(ROWS),
    "within.json": json.dumps({"study": "theirs", "responses": ROWS}),
    "columns.json": json.dumps({name: [row[name] for row in ROWS] for name in NAMES}),
    "frame.json": pd.DataFrame(ROWS).to_json(),
    "split.json": pd.DataFrame(ROWS).to_json(orient="split"),
    "index.json": pd.DataFrame(ROWS).to_json(orient="index"),
    "lists.json": json.dumps([NAMES, *(list(row.values()) for row in ROWS)]),
    "carets.dat": separated("^"),
    "colons.txt": separated(":"),
    "title.csv": "Responses of 2026\n\n" + separated(","),
    "comment.csv": "# model, language; by us\n" + separated(","),
    "decimals.csv": 'model,language,topic,value_polarity\nm,da,f120,"0,25"\nm,en,f120,"0,5"\n',
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_in_every_form_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(TEXTS[name], encoding="utf-8", newline="")
    assert_same(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_first_bytes_state_an_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(separated(","), encoding=encoding)
    assert_same(path)


def test_the_name_of_a_single_column_is_no_title(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("value_polarity\npro;con\npro;pro\n")
    constants = {"model": "m", "language": "da", "topic": "f120"}
    assert read(path, constants=constants).rows["value_polarity"].tolist() == [0.5, 1.0]


@pytest.mark.parametrize("ending", ["parquet", "arrow", "feather"])
def test_binary_tables_are_read(tmp_path: Path, ending: str) -> None:
    path, table = tmp_path / f"x.{ending}", pa.Table.from_pylist(ROWS)
    write = pa.parquet.write_table if ending == "parquet" else pa.feather.write_feather
    write(table, str(path))
    assert_same(path)


def test_a_stream_of_arrow_is_read(tmp_path: Path) -> None:
    path, table = tmp_path / "x.arrow", pa.Table.from_pylist(ROWS)
    with pa.ipc.new_stream(str(path), table.schema) as stream:
        stream.write_table(table)
    assert_same(path)


def test_compressed_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(separated(",").encode()))
    with zipfile.ZipFile(tmp_path / "x.tsv.zip", "w") as archive:
        archive.writestr("x.tsv", separated("\t"))
    assert_same(tmp_path / "x.csv.gz")
    assert_same(tmp_path / "x.tsv.zip")


def assert_same(path: Path) -> None:
    rows = read(path).rows[NAMES]
    pd.testing.assert_frame_equal(rows, pd.DataFrame(ROWS), check_dtype=False)


BROKEN = {
    "empty.csv": (b"", "is empty"),
    "blank.csv": (b"\n \n", "is empty"),
    "header.csv": (b"model,language,topic,value_polarity\n", "but no rows"),
    "ragged.csv": (separated(",").encode() + b"m,da,f120\n", "has 3 fields in line 4, but 4"),
    "latin.csv": (
        "model,language,topic,value_polarity\nm,español,f120,1\n".encode("latin-1"),
        "is not utf-8 (byte 0xf1 in line 2): add encoding=NAME",
    ),
    "zeros.csv": (b"model\x00,language\n", "holds null characters"),
    "x.parquet": (b"some words", "cannot be read"),
    "x.feather": (b"some words", "cannot be read"),
    "x.json": (b'[{"model": "m"', "line 1: not valid JSON"),
    "x.jsonl": (b'{"model": "m"}\n{"model": \n', "line 2: not valid JSON"),
    "numbers.json": (b"[1, 2]", "entry 1 is not an object but int"),
    "title.csv": (b"by us\n" + separated(",").encode() + b"m,da\n", "has 2 fields in line 5, but"),
    "lists.json": (b'[["model", "topic"], ["m"]]', "entry 1 is not an object but list"),
    "none.json": (b"[]", "holds no rows"),
    "unequal.json": (b'{"model": ["m"], "topic": ["f120", "d059"]}', "holds no rows"),
    "deep.json": (b"[" * 100_000, "is nested too deeply"),
    "x.csv.gz": (b"some words", "cannot be read"),
    "x.csv.zip": (b"some words", "cannot be read"),
    "x.docx": (b"some words", "has none of the endings .csv, .tsv"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path: Path, name: str) -> None:
    content, words = BROKEN[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadTable) as problem:
        read_file(tmp_path / name, "utf-8")
    assert words in str(problem.value)
    assert name in str(problem.value)
    assert "\n" not in str(problem.value)


def test_an_encoding_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("model,language\nmodèle,da\n".encode("latin-1"))
    assert read_file(path, "latin-1").column("model") == ["modèle"]
    for unknown in ("klingon", "hex"):
        with pytest.raises(WrongValue, match=f"encoding='{unknown}' cannot be used"):
            read_file(path, unknown)


def test_two_columns_of_one_name_are_refused_when_they_are_needed(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b,a\n1,2,3\n")
    table = read_file(path, "utf-8")
    assert table.column("b") == ["2"]
    with pytest.raises(BadTable, match="has 2 columns named a"):
        table.column("a")


def test_a_cell_may_be_of_any_length(tmp_path: Path) -> None:
    path, long = tmp_path / "x.csv", "word " * 500_000
    path.write_text(f'model,text\nm,"{long}"\nn,short\n')
    assert read_file(path, "utf-8").column("text") == [long, "short"]


def test_a_folder_stands_for_its_files(tmp_path: Path) -> None:
    for name in ("b.csv", "a.jsonl", "notes.md", "notes.txt"):
        (tmp_path / name).write_text("x")
    assert [path.name for path in scored_files([tmp_path])] == ["a.jsonl", "b.csv"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadTable, match="no file in this folder ends in"):
        scored_files([tmp_path / "empty"])
    with pytest.raises(BadTable, match=r"no file .*nowhere\.csv"):
        scored_files([tmp_path / "nowhere.csv"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [("gpt-3.5.csv", "gpt-3.5"), ("gpt-3.5.csv.gz", "gpt-3.5"), ("m.jsonl", "m")],
)
def test_the_name_of_a_file_is_without_its_endings(name: str, expected: str) -> None:
    assert stem(Path(name)) == expected
