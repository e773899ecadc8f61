"""Tables as CSV, LaTeX and Markdown."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import csv

from culture_ray.errors import DiskProblem
from culture_ray.report.table_files import escape, latex, markdown, write_table
from tests.report.synthetic.content import make_content


def test_csv_holds_exact_values_and_leaves_nulls_empty(tmp_path: Path) -> None:
    table = make_content(topics=3, responses=2).alignment
    path = write_table(table, tmp_path / "deep" / "alignment", formats=("csv",))[0]
    back = csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=table.schema))
    assert back.column("alignment").to_pylist() == table.column("alignment").to_pylist()
    assert back.column("population").to_pylist() == table.column("population").to_pylist()


def test_lists_become_words_in_a_csv(tmp_path: Path) -> None:
    table = make_content(topics=2, responses=3).distributions
    path = write_table(table, tmp_path / "d", formats=("csv",))[0]
    row = table.to_pylist()[0]
    values = csv.read_csv(path).to_pylist()[0]["values"]
    assert [float(v) for v in str(values).split()] == row["values"]


def test_all_three_formats_lie_beside_each_other(tmp_path: Path) -> None:
    table = pa.table({"a": [1]})
    paths = write_table(table, tmp_path / "x.y")
    assert [p.name for p in paths] == ["x.y.csv", "x.y.tex", "x.y.md"]
    assert all(p.read_text() for p in paths)


def test_latex_is_a_booktabs_table_with_words_escaped() -> None:
    table = pa.table({"a_b": ["50 % & more"], "p_value": [0.0002], "x": pa.array([None], "f8")})
    text = latex(table, "A & B", "my table")
    assert r"\begin{tabular}{lrr}" in text
    assert r"a b & p value & x \\" in text
    assert r"50 \% \& more & $<$0.001 & -- \\" in text
    assert r"\caption{A \& B}" in text and r"\label{tab:my-table}" in text
    for rule in (r"\toprule", r"\midrule", r"\bottomrule"):
        assert text.count(rule) == 1


def test_markdown_aligns_numbers_and_keeps_its_columns() -> None:
    table = pa.table({"term": ["a|b\nc"], "estimate": [-0.12345]})
    lines = markdown(table).splitlines()
    assert lines == ["| term | estimate |", "| --- | ---: |", r"| a\|b c | −0.123 |"]


def test_notes_stand_below_the_table(tmp_path: Path) -> None:
    table = pa.table({"a": [1]})
    write_table(table, tmp_path / "x", notes=["Of these, 5 % hold.", "More."])
    assert (tmp_path / "x.csv").read_text() == '"a"\n1\n'
    lines = (tmp_path / "x.md").read_text().splitlines()
    assert lines[-4:] == ["", "Of these, 5 % hold.", "", "More."]
    below = (tmp_path / "x.tex").read_text().partition(r"\end{tabular}")[2]
    assert r"\footnotesize Of these, 5 \% hold. More." in below
    assert r"\end{table}" in below
    assert "footnotesize" not in latex(table)


def test_a_place_that_cannot_be_written_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskProblem, match="cannot be written"):
        write_table(pa.table({"a": [1]}), tmp_path / "file" / "t")


@given(st.text())
def test_no_character_is_left_that_latex_would_act_on(text: str) -> None:
    bare = escape(text)
    for command in ("textbackslash{}", "textasciitilde{}", "textasciicircum{}", "infty"):
        bare = bare.replace("\\" + command, "")
    for pair in (r"\&", r"\%", r"\$", r"\#", r"\_", r"\{", r"\}"):
        bare = bare.replace(pair, "")
    assert not set(bare) & set("\\&%#_{}~^")
