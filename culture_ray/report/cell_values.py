"""Values per model and language, as read from the tables of a run.

Figures, findings and the page all use them. Nothing is estimated here; US bias is computed from
alignments where no table holds it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from culture_ray.report.cell_refs import CellRef, cell_ref, numbered_rows
from culture_ray.report.content import ReportContent

Row = Mapping[str, Any]

UNMEASURED = "not measured yet"
"""Reason for a missing value where no table has a row for it."""
_NO_OWN_COUNTRY = "the run has no other country that speaks this language"
_UNDEFINED_COUNTRY = "alignment with one of the countries is undefined"


@dataclass(frozen=True)
class CellValue:
    """A measure of one model in one language, with its 95 % interval where a table has one."""

    model: str
    language: str
    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""
    """Reason why `value` is None; empty otherwise."""
    topics: int | None = None
    source: CellRef | None = None
    """Table cells of `value`."""
    interval_refs: tuple[CellRef, CellRef] | None = None
    """Table cells of the interval's lower and upper end."""
    simultaneous: bool = False
    """True if the interval holds together with those of all other cells."""

    @property
    def has_interval(self) -> bool:
        """True if both ends of the interval are known."""
        return self.low is not None and self.high is not None


def alignment_with_speakers(content: ReportContent) -> list[CellValue]:
    """Return alignment with the speakers of the prompt's language, in the run's order."""
    speakers = {x.code: speakers_of(content, x.code) for x in content.languages}
    rows = [
        r for r in primary_rows(content.alignment) if r["population"] == speakers[r["language"]]
    ]
    cells = [_cell("alignment", r, "alignment") for r in rows]
    cells = _prefer_cells_table(content, cells, "alignment_language")
    without_population = [code for code, population in speakers.items() if population is None]
    missing = "the run has no population that speaks this language"
    cells += [
        CellValue(m.name, code, None, reason=missing)
        for m in content.models
        for code in without_population
    ]
    return _in_order(content, cells)


def self_consistency(content: ReportContent) -> list[CellValue]:
    """Return self-consistency per model and language, in the run's order."""
    cells = [_cell("consistency", r, "self_consistency") for r in primary_rows(content.consistency)]
    cells = _prefer_cells_table(content, cells, "self_consistency")
    return _in_order(content, cells)


def closeness(content: ReportContent) -> list[CellValue]:
    """Return closeness to the averages of the prompt's speakers, in the run's order.

    It is in cells.csv alone; no cell has a value in a run of before it was measured.
    """
    reasons = {(c.model, c.language): c.reason for c in alignment_with_speakers(content)}
    cells = [
        CellValue(m.name, x.code, None, reason=reasons.get((m.name, x.code)) or UNMEASURED)
        for m in content.models
        for x in content.languages
    ]
    return _in_order(content, _prefer_cells_table(content, cells, "closeness_language"))


def us_bias(content: ReportContent) -> list[CellValue]:
    """Return US bias: alignment with the US minus the mean over the language's other countries."""
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for row in primary_rows(content.alignment):
        found.setdefault((row["model"], row["language"]), {})[row["population"]] = row
    cells = [
        _us_minus_own_countries(content, model, language, rows)
        for (model, language), rows in found.items()
    ]
    cells = _prefer_cells_table(content, cells, "us_minus_native")
    return _in_order(content, cells)


def with_simultaneous_intervals(
    content: ReportContent, cells: list[CellValue], figure: str
) -> list[CellValue]:
    """Return the cells with intervals that hold for all at once; unchanged in a run without them.

    Sentences that pick cells, such as those above zero, need these.
    """
    table = [] if content.simultaneous is None else numbered_rows(content.simultaneous)
    rows = {(r["model"], r["language"]): r for r in table if r["figure"] == figure}
    if any(cell.has_interval and (cell.model, cell.language) not in rows for cell in cells):
        return cells
    return [
        _simultaneous(cell, rows[cell.model, cell.language]) if cell.has_interval else cell
        for cell in cells
    ]


def _simultaneous(cell: CellValue, row: Row) -> CellValue:
    low, high = interval(row, "simultaneous")
    refs = interval_refs("simultaneous", row, "simultaneous")
    return replace(cell, low=low, high=high, interval_refs=refs, simultaneous=True)


def own_countries(content: ReportContent, language: str) -> list[str]:
    """Return the countries other than the US where `language` is spoken."""
    return [
        p.id
        for p in content.populations
        if p.kind == "country" and language in p.languages and p.id != content.us
    ]


def speakers_of(content: ReportContent, language: str) -> str | None:
    """Return the population of a language's speakers, or None when the run has none."""
    for population in content.populations:
        if population.kind == "language" and language in population.languages:
            return population.id
    return None


def primary_rows(table: pa.Table) -> list[dict[str, Any]]:
    """Return the numbered rows of the main protocol and of each model's first judge.

    These are the rows that figures show. The main protocol is that of the table's first row, and
    personas are never pooled.
    """
    rows = numbered_rows(table)
    main = rows[0].get("protocol") if rows else None
    first: dict[str, tuple[Any, Any]] = {}
    rows = [row for row in rows if row.get("protocol") == main]
    for row in rows:
        first.setdefault(row["model"], (row.get("persona"), row.get("judge")))
    return [r for r in rows if (r.get("persona"), r.get("judge")) == first[r["model"]]]


def rows_of_first_judge(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows of a quality table that belong to the first judge: each request once."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in numbered_rows(table):
        found.setdefault((row["model"], row["language"], row["protocol"]), row)
    return list(found.values())


def main_protocol(content: ReportContent) -> str | None:
    """Return the protocol that figures show; None if there are no responses."""
    rows = primary_rows(content.alignment)
    return rows[0]["protocol"] if rows else None


def further_protocols(content: ReportContent) -> list[str]:
    """Return 'protocol (persona, judge)' for everything that figures leave out."""
    keys = ("model", "protocol", "persona", "judge")
    baselines = {model.name for model in content.baselines}
    shown = {tuple(row.get(key) for key in keys) for row in primary_rows(content.alignment)}
    rows = content.alignment.select(list(keys)).to_pylist()
    rest = {tuple(r[key] for key in keys) for r in rows if r["model"] not in baselines} - shown
    return sorted(
        {
            f"{protocol} ({f'{persona}, ' if persona else ''}{judge or 'no judge'})"
            for _, protocol, persona, judge in rest
        }
    )


def interval(row: Row, name: str) -> tuple[float | None, float | None]:
    """Return the 95 % interval of column `name`, or (None, None)."""
    for low, high in _interval_columns(name):
        ends = as_float(row.get(low)), as_float(row.get(high))
        if ends[0] is not None and ends[1] is not None:
            return ends
    return None, None


def interval_refs(table: str, row: Row, name: str) -> tuple[CellRef, CellRef] | None:
    """Return the table cells of the interval of column `name`; None if there is no interval."""
    for low, high in _interval_columns(name):
        if as_float(row.get(low)) is not None and as_float(row.get(high)) is not None:
            return cell_ref(table, [row], low), cell_ref(table, [row], high)
    return None


def as_float(value: Any) -> float | None:
    """Return a value as float; null and not-a-number become None."""
    return None if value is None or math.isnan(value) else float(value)


def defined_cells(cells: Iterable[CellValue]) -> list[CellValue]:
    """Return the cells that have a value."""
    return [c for c in cells if c.value is not None]


def with_interval(table: str, cell: CellValue, row: Row, name: str) -> CellValue:
    """Return a cell with the value and interval of column `name` of a numbered row."""
    value, (low, high) = as_float(row.get(name)), interval(row, name)
    if name not in row:
        return cell
    source = cell_ref(table, [row], name)
    if value is None:
        return replace(cell, source=source) if cell.value is None else cell
    return replace(
        cell, value=value, reason="", source=source,
        low=low, high=high, interval_refs=interval_refs(table, row, name),
    )  # fmt: skip


def _interval_columns(name: str) -> tuple[tuple[str, str], ...]:
    return (f"{name}_ci_low", f"{name}_ci_high"), ("ci_low", "ci_high")


def _prefer_cells_table(
    content: ReportContent, cells: list[CellValue], name: str
) -> list[CellValue]:
    """Return the cells with values and intervals of the cells table, where that has them."""
    if content.cells is None:
        return cells
    rows = {(r["model"], r["language"]): r for r in primary_rows(content.cells)}
    return [
        with_interval("cells", cell, rows.get((cell.model, cell.language), {}), name)
        for cell in cells
    ]


def _cell(table: str, row: Row, name: str) -> CellValue:
    reason = row.get("reason") or "no reason given"
    empty = CellValue(row["model"], row["language"], None, reason=reason, topics=row.get("topics"))
    return with_interval(table, empty, row, name)


def _us_minus_own_countries(
    content: ReportContent, model: str, language: str, rows: Mapping[str, Row]
) -> CellValue:
    us = rows.get(content.us)
    own = [rows[c] for c in own_countries(content, language) if c in rows]
    values = [r["alignment"] for r in own if r["alignment"] is not None]
    if us is None:
        return CellValue(model, language, None, reason="the run does not compare with the US")
    if us["alignment"] is None:
        return CellValue(model, language, None, reason=us["reason"] or "no alignment with the US")
    if not own:
        return CellValue(model, language, None, reason=_NO_OWN_COUNTRY)
    if len(values) < len(own):
        reason = next(r["reason"] for r in own if r["alignment"] is None)
        return CellValue(model, language, None, reason=reason or _UNDEFINED_COUNTRY)
    value = us["alignment"] - sum(values) / len(values)
    source = cell_ref("alignment", [us, *own], "alignment", "first minus mean of the rest")
    return CellValue(model, language, value, topics=us["topics"], source=source)


def _in_order(content: ReportContent, cells: list[CellValue]) -> list[CellValue]:
    by_key = {(c.model, c.language): c for c in cells}
    return [
        by_key.get((m.name, x.code), CellValue(m.name, x.code, None, reason=UNMEASURED))
        for m in content.models
        for x in content.languages
    ]
