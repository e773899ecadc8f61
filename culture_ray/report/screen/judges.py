"""Terminal tables of a judge's reliability and of agreement between judges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from rich.table import Table

from culture_ray.report.formatting import NONE

STANCES = ("pro", "con", "neutral")
_TITLES = {
    "all": "all",
    "language": "by language",
    "length": "by length of the response, in words",
    "form": "by layout",
    "mark": "by feature that makes an opinion hard to judge",
    "topic": "by topic",
}


def reliability_lines(table: pa.Table) -> Iterator[Table | str]:
    """Yield the printed form of a RELIABILITY table: error by group, then the confusion matrix."""
    rows = table.to_pylist()
    whole = next(row for row in rows if row["kind"] == "all")
    yield f"accuracy {_share(whole['accuracy'])}, Cohen's kappa {_interval(whole, 'kappa')}"
    for kind in _TITLES:
        kind_rows = [row for row in rows if row["kind"] == kind]
        if kind_rows:
            yield _errors(kind, kind_rows)
    yield _confusion(whole)


def agreement_lines(agreement: pa.Table) -> Iterator[Table]:
    """Yield the printed form of an AGREEMENT table."""
    rows = agreement.to_pylist()
    for raters in dict.fromkeys(row["raters"] for row in rows):
        table = _table("language", "responses", "opinions", "agree", "kappa (95 %)", "alpha (95 %)")
        table.title, table.title_justify, table.title_style = raters, "left", "bold"
        for row in rows:
            if row["raters"] == raters:
                table.add_row(
                    row["language"],
                    f"{row['responses']:,}",
                    f"{row['statements']:,}",
                    _share(row["agreement"]),
                    _interval(row, "kappa"),
                    _interval(row, "alpha"),
                )
        yield table


def _errors(kind: str, rows: list[dict[str, Any]]) -> Table:
    table = _table("group", "opinions", "missing", "error (95 %)", "flipped", "kappa (95 %)")
    if kind != "all":
        table.title, table.title_justify, table.title_style = _TITLES[kind], "left", "bold"
    for row in rows:
        error = (
            "" if row["error"] is None else f"{row['error_ci_low']:.2f}–{row['error_ci_high']:.2f}"
        )
        table.add_row(
            row["group"].removesuffix(" words"),
            f"{row['statements']:,}",
            f"{row['missing']:,}",
            NONE if not error else f"{row['error']:.2f} ({error})",
            _share(row["flipped"]),
            _interval(row, "kappa"),
        )
    return table


def _confusion(row: dict[str, Any]) -> Table:
    table = _table("true stance", *(f"labelled {stance}" for stance in STANCES))
    for true in STANCES:
        table.add_row(true, *(f"{row[f'{true}_read_{judged}']:,}" for judged in STANCES))
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    for name in columns:
        is_text = name in {"group", "language", "true stance"}
        table.add_column(name, justify="left" if is_text else "right", no_wrap=not is_text)
    return table


def _share(value: float | None) -> str:
    return NONE if value is None else f"{value:.3f}"


def _interval(row: dict[str, Any], name: str) -> str:
    if row[name] is None:
        return NONE
    return f"{row[name]:.2f} ({row[f'{name}_ci_low']:.2f} to {row[f'{name}_ci_high']:.2f})"
