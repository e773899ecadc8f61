"""Delimited text is read whatever stands before its header, in any encoding of its bytes."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from culture_ray.errors import BadTable
from culture_ray.survey.microdata.files.columns import TextFormat, read_columns
from culture_ray.survey.microdata.files.wanted import Wanted

ROWS = {"cntry": ["DK", "NO"], "w": ["1,5", "0.5"], "q1": ["1", "2"]}
WANTED = Wanted(["cntry", "w"], ["q1"], shown="a.csv")
TABLE = "id;cntry;w;q1\n1;DK;1,5;1\n2;NO;0.5;2\n"


def read(folder: Path, content: bytes, wanted: Wanted = WANTED) -> dict[str, list[str]]:
    path = folder / "a.csv"
    path.write_bytes(content)
    return read_columns([path], wanted).table.to_pydict()


@pytest.mark.parametrize(
    "before",
    ["sep=;\n", "\n\n", "Our survey; wave 3\n", "Our survey\r\n\r\n", "# w;q1 of 2026\nby us\n"],
)
def test_lines_before_the_header_are_left_out(tmp_path: Path, before: str) -> None:
    assert read(tmp_path, (before + TABLE).encode()) == ROWS


@pytest.mark.parametrize("separator", [",", "\t", "|", ":", "^", "~", " "])
def test_any_usual_separator_is_found(tmp_path: Path, separator: str) -> None:
    text = TABLE.replace("1,5", "1.5").replace(";", separator)
    assert read(tmp_path, text.encode()) == ROWS | {"w": ["1.5", "0.5"]}


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode("utf-16"), TABLE.encode("utf-16-le"), TABLE.encode("utf-16-be"),
        codecs.BOM_UTF8 + TABLE.encode(), TABLE.replace("\n", "\r").encode(),
    ],
)  # fmt: skip
def test_unicode_is_read_with_and_without_its_mark(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content) == ROWS


def test_a_data_row_that_resembles_the_header_is_data(tmp_path: Path) -> None:
    text = "cntry;w;q1\nDK;1;1\ncntry;w;q1\n"
    assert read(tmp_path, text.encode())["cntry"] == ["DK", "cntry"]


def test_a_column_in_other_capitals_gives_way_to_the_one_that_is_named(tmp_path: Path) -> None:
    text = "CNTRY;W;w;cntry;q1\nXX;9;1;DK;2\n"
    assert read(tmp_path, text.encode()) == {"cntry": ["DK"], "w": ["1"], "q1": ["2"]}


@pytest.mark.parametrize("header", ["cntry;w;w", "cntry;w;q1;q1", "Cntry;CNTRY;w"])
def test_columns_that_cannot_be_told_apart_are_refused(tmp_path: Path, header: str) -> None:
    row = ";".join("1" * len(header.split(";")))
    with pytest.raises(BadTable, match=r"a\.csv: 2 columns are named \w+: rename or remove"):
        read(tmp_path, f"{header}\n{row}\n".encode())


def test_a_stated_separator_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b;cntry;w\n1,2;DK;1\n")
    form = TextFormat(separator=";")
    assert read_columns([path], WANTED, form).table.to_pydict() == {"cntry": ["DK"], "w": ["1"]}
