"""Tables as CSV (exact values), LaTeX (booktabs) and Markdown files."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv

from culture_ray.errors import DiskProblem
from culture_ray.report.formatting import NONE, p_value, shown

_TEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "−": r"$-$", "–": r"--", "∞": r"$\infty$", "<": r"$<$", ">": r"$>$", "|": r"$|$",
}  # fmt: skip


def write_table(
    table: pa.Table,
    stem: Path,
    *,
    caption: str = "",
    notes: Sequence[str] = (),
    digits: int = 3,
    formats: Sequence[str] = ("csv", "tex", "md"),
) -> list[Path]:
    """Write `table` as `stem`.csv, .tex and .md and return the paths.

    CSV holds exact values (lists joined by blanks, nulls empty); the others round to `digits`
    decimals, show nulls as an en dash, and have `notes` below the table. Raises DiskProblem when a
    file cannot be written.
    """
    writers: dict[str, Callable[[], str | None]] = {
        "csv": lambda: None,
        "tex": lambda: latex(table, caption, stem.name, digits, notes),
        "md": lambda: markdown(table, caption, digits, notes),
    }
    paths = [stem.with_name(f"{stem.name}.{form}") for form in formats]
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
        for form, path in zip(formats, paths, strict=True):
            text = writers[form]()
            if text is None:
                csv.write_csv(_flat(table), path)
            else:
                path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DiskProblem(
            f"table {stem} cannot be written: {error.strerror or error}; free space or choose "
            "another results directory, then run the same command again"
        ) from error
    return paths


def latex(
    table: pa.Table,
    caption: str = "",
    label: str = "",
    digits: int = 3,
    notes: Sequence[str] = (),
) -> str:
    """Return a LaTeX table environment; it needs \\usepackage{booktabs}."""
    align = "".join("r" if _number(f) else "l" for f in table.schema)
    head = " & ".join(escape(name.replace("_", " ")) for name in table.column_names)
    body = [" & ".join(escape(cell) for cell in row) + r" \\" for row in _cells(table, digits)]
    lines = [
        r"\begin{table}",
        r"\centering",
        *([rf"\caption{{{escape(caption)}}}"] if caption else []),
        *([rf"\label{{tab:{re.sub('[^A-Za-z0-9:-]', '-', label)}}}"] if label else []),
        rf"\begin{{tabular}}{{{align}}}",
        r"\toprule",
        head + r" \\",
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}",
        *([rf"\par\smallskip\footnotesize {escape(' '.join(notes))}"] if notes else []),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def markdown(table: pa.Table, caption: str = "", digits: int = 3, notes: Sequence[str] = ()) -> str:
    """Return a Markdown table with right-aligned numbers."""
    head = "| " + " | ".join(table.column_names) + " |"
    rule = "| " + " | ".join("---:" if _number(f) else "---" for f in table.schema) + " |"
    body = [
        "| " + " | ".join(c.replace("|", r"\|").replace("\n", " ") for c in row) + " |"
        for row in _cells(table, digits)
    ]
    title = [f"**{caption}**", ""] if caption else []
    below = [line for note in notes for line in ("", note)]
    return "\n".join([*title, head, rule, *body, *below]) + "\n"


def escape(text: str) -> str:
    """Return text with the characters that LaTeX interprets escaped."""
    return "".join(_TEX.get(c, c) for c in text)


def _cells(table: pa.Table, digits: int) -> list[list[str]]:
    def cell(name: str, value: Any) -> str:
        if value is None:
            return NONE
        return p_value(value) if name.startswith("p_") else shown(value, digits)

    return [[cell(name, value) for name, value in row.items()] for row in table.to_pylist()]


def _number(field: pa.Field[Any]) -> bool:
    return pa.types.is_integer(field.type) or pa.types.is_floating(field.type)


def _flat(table: pa.Table) -> pa.Table:
    """Return the table with lists joined by blanks, because CSV has no lists."""
    for i, field in enumerate(table.schema):
        if pa.types.is_list(field.type):
            values = [
                None if v is None else " ".join(str(x) for x in v)
                for v in table.column(i).to_pylist()
            ]
            table = table.set_column(i, field.name, pa.array(values, pa.string()))
    return table
