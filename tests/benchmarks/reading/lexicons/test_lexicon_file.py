"""Lexicons are read from CSV and JSON lines, and a file without terms is refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.benchmarks.reading.lexicons.lexicon_file import read_lexicon
from culture_ray.errors import BadTable


def test_terms_have_their_groups_and_count_once(tmp_path: Path) -> None:
    table = tmp_path / "terms.csv"
    table.write_text("term,group\nDiwali,north\nDiwali,north\ndosa,\n", encoding="utf-8")
    lines = tmp_path / "terms.jsonl"
    lines.write_text('{"term": "Diwali", "group": "north"}\n\n{"term": "dosa"}\n', encoding="utf-8")
    assert read_lexicon(table) == read_lexicon(lines) == (("Diwali", "north"), ("dosa", ""))


def test_the_columns_of_a_published_list_can_be_named(tmp_path: Path) -> None:
    lines = tmp_path / "terms.jsonl"
    lines.write_text('{"concept": "bebinca", "state": "Goa"}\n', encoding="utf-8")
    assert read_lexicon(lines, "concept", "state") == (("bebinca", "Goa"),)
    lines.write_text('{"concept": "a"}\n{"term": "b"}\n', encoding="utf-8")
    with pytest.raises(BadTable, match="no column concept: the columns are term"):
        read_lexicon(lines, "concept")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "word,group\nDiwali,north\n", "no column term: the columns are word, group"),
        ("a.csv", "term\n\n", "no terms"),
        ("a.jsonl", "[1]\n", "line 1: not an object, but list"),
        ("a.jsonl", "{\n", "line 1: not valid JSON"),
    ],
)
def test_a_file_without_terms_is_refused(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadTable, match=message):
        read_lexicon(tmp_path / name)
    with pytest.raises(BadTable, match="cannot be read"):
        read_lexicon(tmp_path / "absent.csv")
