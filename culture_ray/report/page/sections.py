"""Tables of the page: overview, quality, measures, judges, regressions and resources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow as pa

from culture_ray.report.cell_refs import FILES, cell_ref, numbered_rows
from culture_ray.report.cell_values import (
    CellValue,
    alignment_with_speakers,
    self_consistency,
    us_bias,
)
from culture_ray.report.coefficient_names import coefficient_name
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import Number, Sentence
from culture_ray.report.page import null_reasons
from culture_ray.report.page.html_table import Column, HtmlTable, TableCell, html_table, table_cell


def overview(content: ReportContent) -> HtmlTable:
    """Return a row per model and language: alignment with the speakers, US bias, consistency."""
    parts: list[tuple[str, str, Callable[[ReportContent], list[CellValue]]]] = [
        ("alignment", "alignment with the language's speakers", alignment_with_speakers),
        ("us_bias", "US bias", us_bias),
        ("self_consistency", "self-consistency", self_consistency),
    ]
    read = [
        (name, label, {(c.model, c.language): c for c in cell_ref(content)})
        for name, label, cell_ref in parts
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
            *(_measure_cell(cells[model.name, language.code]) for _, _, cells in read),
        )
        for model in content.models
        for language in content.languages
    )
    known = any(c.has_interval for _, _, cells in read for c in cells.values())
    caption = "The measures at a glance" + (", with 95 % intervals" if known else "")
    return HtmlTable("overview", caption, columns, rows, (0, 1))


def quality(content: ReportContent) -> HtmlTable:
    """Return the outcomes of requests, by model and language."""
    imported = set(content.quality.column("protocol").to_pylist()) == {"imported"}
    return html_table(
        content.quality,
        "quality",
        "Outcomes of the requests",
        file=FILES["quality"],
        filters=("model", "language", "protocol", "judge"),
        zeros_mean=_NOT_KNOWN if imported else "Zero in every row",
        names=_names(content),
    )


def alignments(content: ReportContent) -> HtmlTable:
    """Return the alignment of every model and language with every population."""
    return html_table(
        content.alignment,
        "alignment",
        "Alignment of each model, in each language, with each population",
        file=FILES["alignment"],
        drop=("reason",),
        filters=("model", "language", "population_kind", "population", "protocol", "judge"),
        names=_names(content),
        null_reason=null_reasons.in_measures,
    )


def consistencies(content: ReportContent) -> HtmlTable:
    """Return the self-consistency of every model and language."""
    return html_table(
        content.consistency,
        "consistency",
        "Self-consistency by model and language",
        file=FILES["consistency"],
        drop=("reason",),
        filters=("model", "language", "protocol", "judge"),
        names=_names(content),
        null_reason=null_reasons.in_measures,
    )


def regressions(content: ReportContent) -> list[tuple[Any, HtmlTable | None]]:
    """Return every regression with its table, or with None if it has no coefficients."""
    return [
        (
            r,
            None
            if r.table is None
            else html_table(
                r.table,
                f"regression-{_slug(key)}",
                f"{r.title}: coefficients",
                file=r.file,
                names={"term": _coefficient_texts(content, r.table)},
                null_reason=null_reasons.in_coefficients,
            ),
        )
        for key, r in content.regressions.items()
    ]


def judge_tables(content: ReportContent) -> list[HtmlTable]:
    """Return the tables on the judges: accuracy, exclusions, agreement, effect of another judge."""
    return [
        html_table(
            content.judging[name],
            f"judging-{name}",
            caption,
            file=FILES[name],
            filters=("rule", "figure", "model", "language", "judge", "regression"),
            names=_names(content),
            null_reason=null_reasons.in_judges,
        )
        for name, caption in _JUDGE_CAPTIONS.items()
        if name in content.judging and content.judging[name].num_rows
    ]


def optional_tables(content: ReportContent) -> list[HtmlTable]:
    """Return the tables of cells, corrections, equivalence and robustness, as the run has them."""
    found = []
    if content.cells is not None:
        found.append(
            html_table(
                content.cells,
                "cells",
                "All measures by model and language",
                file=FILES["cells"],
                names=_names(content),
            )
        )
    if content.label_corrected is not None:
        found.append(
            html_table(
                content.label_corrected,
                "label-corrected",
                "Measures corrected by labels of people or of a further judge",
                file=FILES["label_corrected"],
                drop=("reason",),
                filters=("reference", "figure", "model", "language"),
                names=_names(content),
                null_reason=null_reasons.in_corrected,
            )
        )
    if content.equivalence is not None:
        found.append(
            html_table(
                content.equivalence,
                "equivalence",
                "Tests that effects are smaller than the smallest of interest",
                file=FILES["equivalence"],
                filters=("regression",),
                null_reason=null_reasons.in_equivalence,
            )
        )
    if content.capability_slopes is not None:
        found.append(
            html_table(
                content.capability_slopes,
                "capability-slopes",
                "Slopes of measured capability, as fitted and corrected for its error",
                file=FILES["capability_slopes"],
                filters=("variant",),
                names={"term": _coefficient_texts(content, content.capability_slopes)},
                null_reason=lambda row, _: row["note"] or "not estimated",
            )
        )
    if content.robustness is not None:
        found.append(
            html_table(
                content.robustness,
                "robustness",
                "Robustness checks",
                file=FILES["robustness"],
                filters=("check", "model", "language"),
                names=_names(content),
                null_reason=null_reasons.in_checks,
            )
        )
    return found


def usage(content: ReportContent) -> HtmlTable | None:
    """Return the resources used by each stage and model; None if nothing was recorded."""
    if content.usage is None or not content.usage.num_rows:
        return None
    return html_table(
        content.usage,
        "usage",
        "Resources used: requests, replica-hours, GPU-hours and dollars",
        file=FILES["usage"],
        null_reason=null_reasons.in_usage,
    )


def totals(content: ReportContent) -> Sentence:
    """Return the total resources used by the run, as far as recorded; empty if nothing was."""
    rows = [] if content.usage is None else numbered_rows(content.usage)
    parts: list[Sentence] = []
    for column, digits, unit in (("gpu_hours", 2, " GPU-hours"), ("hours", 2, " replica-hours")):
        known = [row for row in rows if row[column] is not None]
        if known:
            total = sum(row[column] for row in known)
            parts.append((Number(total, digits, cell_ref("usage", known, column, "sum")), unit))
    paid = [row for row in rows if row["dollars"] is not None]
    if paid:
        dollars = sum(row["dollars"] for row in paid)
        cap = content.cap_dollars
        amount: Sentence = ("$", Number(dollars, 4, cell_ref("usage", paid, "dollars", "sum")))
        parts.append(amount if cap is None else (*amount, f" of a ${cap:,.2f} cap"))
    return tuple(x for i, part in enumerate(parts) for x in ((", ", *part) if i else part))


def population_consistency(content: ReportContent) -> HtmlTable | None:
    """Return the self-consistency of the populations; None if it is not known."""
    if content.people is None or not content.people.num_rows:
        return None
    return html_table(
        content.people,
        "people",
        "Self-consistency of each population",
        file=FILES["people"],
        drop=("reason",),
        filters=("kind",),
        names=_names(content),
    )


def row_diagnostics(content: ReportContent) -> list[HtmlTable]:
    """Return residual and leverage of each row of a regression, where they were computed."""
    return [
        html_table(
            r.rows,
            f"rows-{_slug(key)}",
            f"{r.title}: residuals and leverage",
            file=r.rows_file,
            filters=("model", "language"),
            names=_names(content),
            null_reason=lambda row, column: "this row alone determines a coefficient",
        )
        for key, r in content.regressions.items()
        if r.rows is not None and r.rows.num_rows
    ]


def _coefficient_texts(content: ReportContent, table: pa.Table) -> dict[str, str]:
    """Return the names for readers of a regression's terms; the files have the terms."""
    languages = {x.code: x.name for x in content.languages}
    terms = map(str, table.column("term").to_pylist())
    return {term: coefficient_name(term).text(languages) for term in terms}


_NOT_KNOWN = "Not known of responses that were elicited elsewhere, and counted as none"


def _slug(key: str) -> str:
    return key.replace(" ", "-")


def _measure_cell(cell: CellValue) -> TableCell:
    found = table_cell(cell.value, cell.reason, source=cell.source)
    if cell.low is None or cell.high is None or cell.interval_refs is None:
        return found
    low, high = cell.interval_refs
    return replace(
        found, low=table_cell(cell.low, source=low), high=table_cell(cell.high, source=high)
    )


def _names(content: ReportContent) -> dict[str, dict[str, str]]:
    return {
        "language": {x.code: x.name for x in content.languages},
        "population": {p.id: p.label or p.id for p in content.populations},
        "group": {"all": "all"} | {x.code: x.name for x in content.languages},
    }


_JUDGE_CAPTIONS = {
    "reliability": "Accuracy of the judges on gold opinions, whose stance is known",
    "exclusions": "Effect of each exclusion rule on alignment",
    "agreement": "Agreement between judges on the same responses",
    "moves": "Change in the measures with labels from another judge",
    "regressions": "Change in the regression coefficients with labels from another judge",
}
