"""What figures, findings and the page read off the tables: one value per model and language.

Nothing is estimated here. US bias is subtracted from alignments where no table brings it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from culture_ray.report.cell_refs import Source, numbered, of
from culture_ray.report.content import ReportContent

Row = Mapping[str, Any]

UNMEASURED = "nothing of it is measured yet"
"""Why there is no figure where no table has a row of it."""


@dataclass(frozen=True)
class CellValue:
    """One figure of one model in one language, with its 95 % interval where a table has one."""

    model: str
    language: str
    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""
    """Why `value` is None."""
    topics: int | None = None
    source: Source | None = None
    """Where `value` stands."""
    ends: tuple[Source, Source] | None = None
    """Where the ends of the interval stand."""

    @property
    def has_interval(self) -> bool:
        """True when both ends are there."""
        return self.low is not None and self.high is not None


def alignment_with_speakers(content: ReportContent) -> list[CellValue]:
    """Return alignment with the speakers of the prompt's language, in the run's order."""
    wanted = {x.code: speakers_of(content, x.code) for x in content.languages}
    rows = [r for r in primary(content.alignment) if r["population"] == wanted[r["language"]]]
    cells = [_cell("alignment", r, "alignment") for r in rows]
    cells = _as_in_cells(content, cells, "alignment_language")
    alone = [code for code, population in wanted.items() if population is None]
    why = "the run compares with no population of these speakers"
    cells += [CellValue(m.name, code, None, reason=why) for m in content.models for code in alone]
    return _in_order(content, cells)


def self_consistency(content: ReportContent) -> list[CellValue]:
    """Return self-consistency, in the run's order."""
    cells = [_cell("consistency", r, "self_consistency") for r in primary(content.consistency)]
    cells = _as_in_cells(content, cells, "self_consistency")
    return _in_order(content, cells)


def us_bias(content: ReportContent) -> list[CellValue]:
    """Return alignment with the US minus the mean over the language's other countries."""
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for row in primary(content.alignment):
        found.setdefault((row["model"], row["language"]), {})[row["population"]] = row
    cells = [
        _subtracted(content, model, language, rows) for (model, language), rows in found.items()
    ]
    cells = _as_in_cells(content, cells, "us_minus_native")
    return _in_order(content, cells)


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


def primary(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows of the main protocol and each model's first judge, which figures show.

    Tables begin with the main protocol; a persona is never mixed with another. Rows are numbered.
    """
    rows = numbered(table)
    main = rows[0].get("protocol") if rows else None
    first: dict[str, tuple[Any, Any]] = {}
    rows = [row for row in rows if row.get("protocol") == main]
    for row in rows:
        first.setdefault(row["model"], (row.get("persona"), row.get("judge")))
    return [r for r in rows if (r.get("persona"), r.get("judge")) == first[r["model"]]]


def asked_once(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows of a quality table that count each request once: those of its first judge."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in numbered(table):
        found.setdefault((row["model"], row["language"], row["protocol"]), row)
    return list(found.values())


def main_protocol(content: ReportContent) -> str | None:
    """Return the protocol that figures show; None where there is no response."""
    rows = primary(content.alignment)
    return rows[0]["protocol"] if rows else None


def further_protocols(content: ReportContent) -> list[str]:
    """Return 'protocol by judge' of everything figures leave out because it is not the first."""
    keys = ("model", "protocol", "persona", "judge")
    baselines = {model.name for model in content.baselines}
    shown = {tuple(row.get(key) for key in keys) for row in primary(content.alignment)}
    rows = content.alignment.select(list(keys)).to_pylist()
    rest = {tuple(r[key] for key in keys) for r in rows if r["model"] not in baselines} - shown
    return sorted(
        {
            f"{protocol}{f' ({persona})' if persona else ''} by {judge or 'no judge'}"
            for _, protocol, persona, judge in rest
        }
    )


def interval(row: Row, name: str) -> tuple[float | None, float | None]:
    """Return the 95 % interval of column `name`, from the columns that may hold it."""
    for low, high in _ends(name):
        ends = number(row.get(low)), number(row.get(high))
        if ends[0] is not None and ends[1] is not None:
            return ends
    return None, None


def interval_from(table: str, row: Row, name: str) -> tuple[Source, Source] | None:
    """Return where the interval of column `name` stands; None where there is none."""
    for low, high in _ends(name):
        if number(row.get(low)) is not None and number(row.get(high)) is not None:
            return of(table, [row], low), of(table, [row], high)
    return None


def number(value: Any) -> float | None:
    """Return a number, or None for null and not-a-number."""
    return None if value is None or math.isnan(value) else float(value)


def present(cells: Iterable[CellValue]) -> list[CellValue]:
    """Return the cells that have a value."""
    return [c for c in cells if c.value is not None]


def with_interval(table: str, cell: CellValue, row: Row, name: str) -> CellValue:
    """Return a cell with the value and interval that column `name` of a numbered row has."""
    value, (low, high) = number(row.get(name)), interval(row, name)
    if name not in row:
        return cell
    source = of(table, [row], name)
    if value is None:
        return replace(cell, source=source) if cell.value is None else cell
    return replace(
        cell, value=value, reason="", source=source,
        low=low, high=high, ends=interval_from(table, row, name),
    )  # fmt: skip


def _ends(name: str) -> tuple[tuple[str, str], ...]:
    return (f"{name}_ci_low", f"{name}_ci_high"), ("ci_low", "ci_high")


def _as_in_cells(content: ReportContent, cells: list[CellValue], name: str) -> list[CellValue]:
    """Return the cells as the run's cells have them, with their intervals, where those do."""
    if content.cells is None:
        return cells
    rows = {(r["model"], r["language"]): r for r in primary(content.cells)}
    return [
        with_interval("cells", cell, rows.get((cell.model, cell.language), {}), name)
        for cell in cells
    ]


def _cell(table: str, row: Row, name: str) -> CellValue:
    reason = row.get("reason") or "the table gives no reason"
    empty = CellValue(row["model"], row["language"], None, reason=reason, topics=row.get("topics"))
    return with_interval(table, empty, row, name)


def _subtracted(
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
        return CellValue(model, language, None, reason="no other country speaks this language here")
    if len(values) < len(own):
        reason = next(r["reason"] for r in own if r["alignment"] is None)
        return CellValue(model, language, None, reason=reason or "a country has no alignment")
    value = us["alignment"] - sum(values) / len(values)
    source = of("alignment", [us, *own], "alignment", "first minus mean of the rest")
    return CellValue(model, language, value, topics=us["topics"], source=source)


def _in_order(content: ReportContent, cells: list[CellValue]) -> list[CellValue]:
    by_key = {(c.model, c.language): c for c in cells}
    return [
        by_key.get((m.name, x.code), CellValue(m.name, x.code, None, reason=UNMEASURED))
        for m in content.models
        for x in content.languages
    ]
