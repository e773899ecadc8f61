"""The tables of the page: quality, alignment, self-consistency, regressions and what was run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from culture_ray.report.cell_refs import FILES, numbered, of
from culture_ray.report.cell_values import (
    CellValue,
    alignment_with_speakers,
    self_consistency,
    us_bias,
)
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import Number, Sentence
from culture_ray.report.page.html_table import Column, HtmlTable, TableCell, entry, grid


def overview(content: ReportContent) -> HtmlTable:
    """Return one row per model and language: alignment with the speakers, US bias, consistency."""
    parts: list[tuple[str, str, Callable[[ReportContent], list[CellValue]]]] = [
        ("alignment", "alignment with the language's speakers", alignment_with_speakers),
        ("us_bias", "US bias", us_bias),
        ("self_consistency", "self-consistency", self_consistency),
    ]
    read = [
        (name, label, {(c.model, c.language): c for c in of(content)}) for name, label, of in parts
    ]
    columns = (
        Column("model", "model"),
        Column("language", "language"),
        *(Column(name, label, number=True) for name, label, _ in read),
    )
    rows = tuple(
        (
            TableCell(model.name),
            TableCell(language.name),
            *(_entry(cells[model.name, language.code]) for _, _, cells in read),
        )
        for model in content.models
        for language in content.languages
    )
    known = any(c.has_interval for _, _, cells in read for c in cells.values())
    caption = "The measures at a glance" + (", with 95 % intervals" if known else "")
    return HtmlTable("overview", caption, columns, rows, (0, 1))


def quality(content: ReportContent) -> HtmlTable:
    """Return what became of every request."""
    return grid(
        content.quality,
        "quality",
        "What became of every request",
        file=FILES["quality"],
        filters=("model", "language", "protocol", "judge"),
        names=_names(content),
    )


def alignments(content: ReportContent) -> HtmlTable:
    """Return alignment with every population."""
    return grid(
        content.alignment,
        "alignment",
        "Alignment of every model and language with every population",
        file=FILES["alignment"],
        drop=("reason",),
        filters=("model", "language", "population_kind", "population", "protocol", "judge"),
        names=_names(content),
        why=_why,
    )


def consistencies(content: ReportContent) -> HtmlTable:
    """Return self-consistency."""
    return grid(
        content.consistency,
        "consistency",
        "Self-consistency per model and language",
        file=FILES["consistency"],
        drop=("reason",),
        filters=("model", "language", "protocol", "judge"),
        names=_names(content),
        why=_why,
    )


def regressions(content: ReportContent) -> list[tuple[Any, HtmlTable | None]]:
    """Return every regression with its table, or with None when it could not be made."""
    return [
        (
            r,
            None
            if r.table is None
            else grid(
                r.table,
                f"regression-{_slug(key)}",
                f"{r.title}: coefficients",
                file=r.file,
                why=_no_term,
            ),
        )
        for key, r in content.regressions.items()
    ]


def judging(content: ReportContent) -> list[HtmlTable]:
    """Return the tables on the judges: what exclusions move, agreement, what a judge moves."""
    return [
        grid(
            content.judging[name],
            f"judging-{name}",
            caption,
            file=FILES[name],
            filters=("rule", "figure", "model", "language", "judge", "regression"),
            names=_names(content),
            why=_why_judging,
        )
        for name, caption in _JUDGING.items()
        if name in content.judging and content.judging[name].num_rows
    ]


def extras(content: ReportContent) -> list[HtmlTable]:
    """Return the tables that only some runs have."""
    found = []
    if content.cells is not None:
        found.append(
            grid(
                content.cells,
                "cells",
                "Cells: one row per model and language",
                file=FILES["cells"],
                names=_names(content),
            )
        )
    if content.robustness is not None:
        found.append(
            grid(
                content.robustness,
                "robustness",
                "Robustness checks",
                file=FILES["robustness"],
                filters=("check", "model", "language"),
                names=_names(content),
                why=_why_checked,
            )
        )
    return found


def usage(content: ReportContent) -> HtmlTable | None:
    """Return what each stage of each model took; None where nothing was recorded."""
    if content.usage is None or not content.usage.num_rows:
        return None
    return grid(
        content.usage,
        "usage",
        "What it took: requests, replica-hours, GPU-hours and dollars",
        file=FILES["usage"],
        why=_why_unused,
    )


def totals(content: ReportContent) -> Sentence:
    """Return what the run took in all, as far as it is recorded; empty for nothing."""
    rows = [] if content.usage is None else numbered(content.usage)
    parts: list[Sentence] = []
    for column, digits, unit in (("gpu_hours", 2, " GPU-hours"), ("hours", 2, " replica-hours")):
        known = [row for row in rows if row[column] is not None]
        if known:
            total = sum(row[column] for row in known)
            parts.append((Number(total, digits, of("usage", known, column, "sum")), unit))
    paid = [row for row in rows if row["dollars"] is not None]
    if paid:
        dollars = sum(row["dollars"] for row in paid)
        cap = content.cap_dollars
        words: Sentence = ("$", Number(dollars, 4, of("usage", paid, "dollars", "sum")))
        parts.append(words if cap is None else (*words, f" of a cap of ${cap:,.2f}"))
    return tuple(x for i, part in enumerate(parts) for x in ((", ", *part) if i else part))


def people(content: ReportContent) -> HtmlTable | None:
    """Return the self-consistency of the populations; None where it is not known."""
    if content.people is None or not content.people.num_rows:
        return None
    return grid(
        content.people,
        "people",
        "People: self-consistency of each population",
        file=FILES["people"],
        drop=("reason",),
        filters=("kind",),
        names=_names(content),
    )


def fits(content: ReportContent) -> list[HtmlTable]:
    """Return what single rows do to each regression, where somebody looked."""
    return [
        grid(
            r.rows,
            f"rows-{_slug(key)}",
            f"{r.title}: rows",
            file=r.rows_file,
            filters=("model", "language"),
            names=_names(content),
            why=lambda row, column: "the row alone decides a term",
        )
        for key, r in content.regressions.items()
        if r.rows is not None and r.rows.num_rows
    ]


def _slug(key: str) -> str:
    return key.replace(" ", "-")


def _entry(cell: CellValue) -> TableCell:
    found = entry(cell.value, cell.reason, source=cell.source)
    if cell.low is None or cell.high is None or cell.ends is None:
        return found
    low, high = cell.ends
    return replace(found, low=entry(cell.low, source=low), high=entry(cell.high, source=high))


def _names(content: ReportContent) -> dict[str, dict[str, str]]:
    return {
        "language": {x.code: x.name for x in content.languages},
        "population": {p.id: p.label or p.id for p in content.populations},
        "group": {"all": "all"} | {x.code: x.name for x in content.languages},
    }


def _why(row: dict[str, Any], column: str) -> str:
    if column == "judge":
        return "a baseline needs no judge"
    return row.get("reason") or ""


def _why_judging(row: dict[str, Any], column: str) -> str:
    if column in {"model", "language", "protocol", "judge"}:
        return "all of the run together"
    if column in {"alignment_with", "alignment_without"} and row.get("model") is None:
        return "the row is a mean over cells"
    if column.startswith("kappa") and "," in row.get("raters", ""):
        return "more than two raters, or nothing to agree on beyond chance"
    return "cannot be had on one of the two sides"


def _why_checked(row: dict[str, Any], column: str) -> str:
    if column in {"model", "language"}:
        return f"all {column}s together"
    return row.get("reason") or "not defined for this figure"


def _why_unused(row: dict[str, Any], column: str) -> str:
    if column in {"attempts", "dollars", "unresolved", "unresolved_dollars"}:
        return "nothing is paid for it"
    return "no GPU" if column == "gpu_hours" else "no timeline was kept of it"


_JUDGING = {
    "reliability": "Judges against gold opinions, whose stance is known",
    "exclusions": "What each rule of exclusion moves alignment by",
    "agreement": "Agreement between judges on the same responses",
    "moves": "How far figures move when another judge reads",
    "regressions": "How far regressions move when another judge reads",
}


def _no_term(row: dict[str, Any], column: str) -> str:
    if column == "p_permutation":
        return "no permutation test was made for this term"
    return row.get("reason") or "could not be estimated"
