"""Tables of the page with the figures of each benchmark."""

from __future__ import annotations

from typing import Any

from culture_ray.report.benchmark_rows import (
    benchmark_names,
    judges_of,
    row_label,
    rows_of_all_judges,
    shown_rows,
)
from culture_ray.report.cell_refs import FILES, cell_ref
from culture_ray.report.content import ReportContent
from culture_ray.report.page.tables.html_table import (
    Column,
    HtmlTable,
    TableCell,
    column_meaning,
    html_table,
    table_cell,
)
from culture_ray.report.page.tables.names import display_names
from culture_ray.tables import BENCHMARKS

_COUNTS = ("clusters", "items", "unparsable", "refusals", "failed")
_MEAN = "all (mean)"


def benchmark_tables(content: ReportContent) -> list[tuple[str, HtmlTable, int]]:
    """Return the name, the table and the number of rows left out of every benchmark."""
    found = []
    for name in benchmark_names(content):
        rows = rows_of_all_judges(content, name)
        shown = shown_rows(rows)
        found.append((name, _table(content, name, shown), len(rows) - len(shown)))
    return found


def benchmark_quality_table(content: ReportContent) -> HtmlTable | None:
    """Return the outcomes of the requests of benchmarks; None for a run without them."""
    if content.benchmark_quality is None or not content.benchmark_quality.num_rows:
        return None
    return html_table(
        content.benchmark_quality,
        "benchmark-quality",
        "Outcomes of the requests of benchmarks",
        file=FILES["benchmark_quality"],
        filters=("benchmark", "model", "language"),
        names=display_names(content, content.benchmark_quality),
        null_reason=lambda *_: "an earlier version made this run",
    )


def rating_tables(content: ReportContent) -> list[HtmlTable]:
    """Return the outcomes of ratings and the agreement of judges, as far as the run has them."""
    tables = (
        (content.rating_quality, "rating_quality", "Outcomes of the ratings of answers by judges",
         ("benchmark", "judge", "model", "language")),
        (content.rating_agreement, "rating_agreement", "Agreement of judges in their ratings",
         ("benchmark", "field")),
    )  # fmt: skip
    return [
        html_table(
            table,
            name.replace("_", "-"),
            caption,
            file=FILES[name],
            filters=filters,
            names={"language": {one.code: one.name for one in content.languages}},
            null_reason=lambda *_: "undefined for this field",
        )
        for table, name, caption, filters in tables
        if table is not None and table.num_rows
    ]


def _table(content: ReportContent, name: str, rows: list[dict[str, Any]]) -> HtmlTable:
    several = len(judges_of(rows)) > 1
    languages = {None: _MEAN} | {one.code: one.name for one in content.languages}
    columns = (
        Column("model", "model"),
        Column("language", "language"),
        Column("condition", "condition"),
        Column("figure", "figure"),
        Column("variant", "variant", _meaning("variant")),
        *([Column("judge", "judge", _meaning("judge"))] if several else []),
        Column("value", "value", "the figure, with its 95 % interval over item clusters", True),
        *(Column(count, count, _meaning(count), number=True) for count in _COUNTS),
        Column("note", "note"),
    )
    body = tuple(
        (
            TableCell(row["model"]),
            TableCell(languages.get(row["language"], row["language"])),
            TableCell(row["condition"]),
            TableCell(row_label(row, 1)),
            TableCell(row["variant"].replace("_", " ")),
            *([TableCell(row["judge"] or "")] if several else []),
            _value(row),
            *(table_cell(row[c], source=cell_ref("benchmarks", [row], c)) for c in _COUNTS),
            TableCell(row["note"] or ""),
        )
        for row in rows
    )  # fmt: skip
    filters = tuple(range(5 + several))
    return HtmlTable(f"benchmark-table-{name}", f"Figures of {name}", columns, body, filters)


def _value(row: dict[str, Any]) -> TableCell:
    """Return the figure with its interval, if it has one."""
    source = cell_ref("benchmarks", [row], "value")
    cell = table_cell(row["value"], row["note"] or "", source=source)
    if row["value"] is None or row["ci_low"] is None or row["ci_high"] is None:
        return cell
    low, high = (
        table_cell(row[end], source=cell_ref("benchmarks", [row], end))
        for end in ("ci_low", "ci_high")
    )
    return TableCell(cell.text, cell.value, low=low, high=high, source=cell.source)


def _meaning(column: str) -> str:
    return column_meaning(BENCHMARKS.field(column))
