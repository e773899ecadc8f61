"""Sentence on whether alignment goes with the capability that the run itself measured."""

from __future__ import annotations

from collections.abc import Sequence

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.cell_values import Row
from culture_ray.report.coefficient_names import coefficient_name
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import Number, Sentence

_MAIN = "capability"
_BETWEEN = "capability_between"
_TABLE = "capability_slopes"
_FEW = 3


def measured_capability_sentences(content: ReportContent) -> list[Sentence]:
    """Return one sentence on the slopes of measured capability; empty for a run without it.

    Slopes between families are left out: families differ in much besides capability.
    """
    table = content.capability_slopes
    rows = [] if table is None else numbered_rows(table)
    rows = [row for row in rows if row["variant"] == _MAIN]
    if not rows:
        return []
    known = [
        row
        for row in rows
        if row["estimate"] is not None
        and row["ci_low"] is not None
        and str(row["term"]).startswith(_MAIN)
        and not str(row["term"]).startswith(_BETWEEN)
    ]
    if not known:
        reasons = [str(row["note"]) for row in rows if row["note"]]
        why = reasons[0].rstrip(".") if reasons else "no slope could be estimated"
        return [
            (f"This run cannot tell whether alignment varies with measured capability: {why}.",)
        ]
    clear = [row for row in known if row["ci_low"] > 0 or row["ci_high"] < 0]
    shown = (clear or known)[:_FEW]
    return [(*_verdict(known, clear), *_slopes(content, shown), *_reserve(shown), ".")]


def _verdict(known: Sequence[Row], clear: Sequence[Row]) -> Sentence:
    if not clear:
        return (
            "There is no evidence that alignment varies with measured capability: the 95 % "
            "interval of every slope includes zero",
        )
    rising = sum(row["ci_low"] > 0 for row in clear)
    if len(known) == 1:
        return (f"Alignment {'rises' if rising else 'falls'} with measured capability",)
    how = "rises" if rising == len(clear) else "falls" if not rising else "rises or falls"
    total = Number(len(known), source=cell_ref(_TABLE, known, "estimate", "rows"))
    return (
        f"Alignment {how} with measured capability in {len(clear)} of ", total,
        " slopes",
    )  # fmt: skip


def _slopes(content: ReportContent, rows: Sequence[Row]) -> Sentence:
    """Return slopes with their intervals, and corrected for the error of capability."""
    names = {language.code: language.name for language in content.languages}
    parts: Sentence = ()
    for row in rows:
        parts += ("; " if parts else ": ", f"{coefficient_name(row['term']).text(names)} ")
        parts += (_number(row, "estimate"), *_interval(row, "ci_low", "ci_high"))
        if row["corrected"] is not None:
            parts += (", corrected for measurement error ", _number(row, "corrected"))
    return parts


def _reserve(rows: Sequence[Row]) -> Sentence:
    """Return the notes on slopes, such as that their capability is mostly error."""
    notes = dict.fromkeys(str(row["note"]).rstrip(".") for row in rows if row["note"])
    return tuple(f"; {note}" for note in notes)


def _interval(row: Row, low: str, high: str) -> Sentence:
    return (" (", _number(row, low), " to ", _number(row, high), ")")


def _number(row: Row, column: str) -> Number:
    return Number(row[column], 2, cell_ref(_TABLE, [row], column))
