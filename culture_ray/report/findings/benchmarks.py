"""Sentence on what each benchmark of a run shows: the range of its first figure over models."""

from __future__ import annotations

from typing import Any

from culture_ray.report.benchmark_rows import benchmark_names, benchmark_rows
from culture_ray.report.cell_refs import cell_ref
from culture_ray.report.content import ReportContent
from culture_ray.report.findings.cells import language_name
from culture_ray.report.formatting import Number, Sentence

Row = dict[str, Any]


def benchmark_sentences(content: ReportContent) -> dict[str, Sentence]:
    """Return one sentence per benchmark that has a figure of its own, by name.

    It describes a range and compares nothing: the intervals of two models do not tell whether they
    differ, as they share their items.
    """
    found = {name: _first_figures(content, name) for name in benchmark_names(content)}
    return {name: _sentence(content, rows) for name, rows in found.items() if rows}


def _first_figures(content: ReportContent, name: str) -> list[Row]:
    """Return the first figure in its first condition, a row per model, the lowest first.

    These are means over languages where there are any, else figures of the first language.
    """
    plain = [
        row
        for row in benchmark_rows(content, name)
        if row["variant"] == "valid" and row["value"] is not None
        and all(row[column] is None for column in ("category", "group", "contrast"))
    ]  # fmt: skip
    first = [row for row in plain if _key(row) == _key(plain[0])]
    means = [row for row in first if row["language"] is None]
    alike = means or [row for row in first if row["language"] == first[0]["language"]]
    return sorted(alike, key=lambda row: float(row["value"]))


def _key(row: Row) -> tuple[str, str]:
    return row["figure"], row["condition"]


def _sentence(content: ReportContent, rows: list[Row]) -> Sentence:
    low, high = rows[0], rows[-1]
    name = str(low["figure"]).replace("_", " ")
    code = low["language"]
    where = ", averaged over languages" if code is None else f" in {language_name(content, code)}"
    begin = f"{name[0].upper()}{name[1:]} in the condition {low['condition']}"
    if len(rows) == 1:
        return (f"{begin} is ", _number(low, "value"), *_interval(low), f"{where}.")
    if str(_number(low, "value")) == str(_number(high, "value")):
        number = Number(len(rows), source=cell_ref("benchmarks", rows, "value", "rows"))
        everyone: Sentence = ("both",) if len(rows) == 2 else ("all ", number)
        return (f"{begin} is ", _number(low, "value"), " for ", *everyone, f" models{where}.")
    return (
        f"{begin} ranges from ", _number(low, "value"), f" ({low['model']}) to ",
        _number(high, "value"), f" ({high['model']}){where}.",
    )  # fmt: skip


def _interval(row: Row) -> Sentence:
    if row["ci_low"] is None or row["ci_high"] is None:
        return ()
    ends = _number(row, "ci_low"), " to ", _number(row, "ci_high")
    return (" (95 % interval ", *ends, ")")


def _number(row: Row, column: str) -> Number:
    return Number(row[column], 2, cell_ref("benchmarks", [row], column))
