"""A judge's reliability and agreement as tables on the screen."""

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
    "mark": "by what makes an opinion hard to read",
    "topic": "by topic",
}


def reliability_lines(table: pa.Table) -> Iterator[Table | str]:
    """Yield what is printed of a RELIABILITY table: error by group, then the confusion."""
    rows = table.to_pylist()
    whole = next(row for row in rows if row["kind"] == "all")
    yield f"accuracy {_share(whole['accuracy'])}, Cohen's kappa {_interval(whole, 'kappa')}"
    for kind in _TITLES:
        mine = [row for row in rows if row["kind"] == kind]
        if mine:
            yield _errors(kind, mine)
    yield _confusion(whole)


def agreement_lines(table: pa.Table) -> Iterator[Table]:
    """Yield what is printed of an AGREEMENT table."""
    rows = table.to_pylist()
    for raters in dict.fromkeys(row["raters"] for row in rows):
        shown = _table("language", "responses", "opinions", "agree", "kappa (95 %)", "alpha (95 %)")
        shown.title, shown.title_justify, shown.title_style = raters, "left", "bold"
        for row in rows:
            if row["raters"] == raters:
                shown.add_row(
                    row["language"],
                    f"{row['responses']:,}",
                    f"{row['statements']:,}",
                    _share(row["agreement"]),
                    _interval(row, "kappa"),
                    _interval(row, "alpha"),
                )
        yield shown


def _errors(kind: str, rows: list[dict[str, Any]]) -> Table:
    shown = _table("group", "opinions", "missing", "error (95 %)", "flipped", "kappa (95 %)")
    if kind != "all":
        shown.title, shown.title_justify, shown.title_style = _TITLES[kind], "left", "bold"
    for row in rows:
        error = (
            "" if row["error"] is None else f"{row['error_ci_low']:.2f}–{row['error_ci_high']:.2f}"
        )
        shown.add_row(
            row["group"].removesuffix(" words"),
            f"{row['statements']:,}",
            f"{row['missing']:,}",
            NONE if not error else f"{row['error']:.2f} ({error})",
            _share(row["flipped"]),
            _interval(row, "kappa"),
        )
    return shown


def _confusion(row: dict[str, Any]) -> Table:
    shown = _table("true stance", *(f"read as {stance}" for stance in STANCES))
    for true in STANCES:
        shown.add_row(true, *(f"{row[f'{true}_read_{given}']:,}" for given in STANCES))
    return shown


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    for name in columns:
        words = name in {"group", "language", "true stance"}
        table.add_column(name, justify="left" if words else "right", no_wrap=not words)
    return table


def _share(value: float | None) -> str:
    return NONE if value is None else f"{value:.3f}"


def _interval(row: dict[str, Any], name: str) -> str:
    if row[name] is None:
        return NONE
    return f"{row[name]:.2f} ({row[f'{name}_ci_low']:.2f} to {row[f'{name}_ci_high']:.2f})"
