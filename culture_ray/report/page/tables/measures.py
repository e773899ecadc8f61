"""Tables of the measures: at a glance, by population, by cell, and of the populations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from culture_ray.report.cell_refs import FILES
from culture_ray.report.cell_values import (
    CellValue,
    alignment_with_speakers,
    closeness,
    self_consistency,
    us_bias,
)
from culture_ray.report.content import ReportContent
from culture_ray.report.page.tables import null_reasons
from culture_ray.report.page.tables.html_table import (
    Column,
    HtmlTable,
    TableCell,
    html_table,
    table_cell,
)
from culture_ray.report.page.tables.names import display_names, in_order_of_models


def overview(content: ReportContent) -> HtmlTable:
    """Return a row per model and language: alignment, US bias, consistency and closeness.

    Closeness is left out of a run of before it was measured.
    """
    parts: list[tuple[str, str, Callable[[ReportContent], list[CellValue]]]] = [
        ("alignment", "alignment with the language's speakers", alignment_with_speakers),
        ("us_bias", "US bias", us_bias),
        ("self_consistency", "self-consistency", self_consistency),
        ("closeness", "closeness to the speakers' averages", closeness),
    ]
    if not any(cell.value is not None for cell in closeness(content)):
        parts.pop()
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


def alignments(content: ReportContent) -> HtmlTable:
    """Return the alignment of every model and language with every population."""
    return html_table(
        content.alignment,
        "alignment",
        "Alignment of each model, in each language, with each population",
        file=FILES["alignment"],
        drop=("reason",),
        filters=("model", "language", "population_kind", "population", "protocol", "judge"),
        order=in_order_of_models(content),
        names=display_names(content, content.alignment),
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
        order=in_order_of_models(content),
        names=display_names(content, content.consistency),
        null_reason=null_reasons.in_measures,
    )


def cells(content: ReportContent) -> HtmlTable | None:
    """Return every measure by model and language; None for a run without cells.csv."""
    if content.cells is None:
        return None
    return html_table(
        content.cells,
        "cells",
        "All measures by model and language",
        file=FILES["cells"],
        filters=("model", "language", "protocol", "judge"),
        fold_intervals=True,
        order=in_order_of_models(content),
        names=display_names(content, content.cells),
        null_reason=null_reasons.in_cells,
    )


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
        names=display_names(content, content.people),
    )


def _measure_cell(cell: CellValue) -> TableCell:
    found = table_cell(cell.value, cell.reason, source=cell.source)
    if cell.low is None or cell.high is None or cell.interval_refs is None:
        return found
    low, high = cell.interval_refs
    return replace(
        found, low=table_cell(cell.low, source=low), high=table_cell(cell.high, source=high)
    )
