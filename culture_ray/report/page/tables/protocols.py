"""Comparison of protocols and personas, for runs that have several."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.cell_values import as_float, interval, interval_refs
from culture_ray.report.content import ReportContent
from culture_ray.report.page.tables.html_table import Column, HtmlTable, TableCell, table_cell

_NO_OPTIONS = "the protocol offers no answer options"
_MEASURES = {
    "alignment_language": "alignment with the language's speakers",
    "self_consistency": "self-consistency",
}


def protocol_table(content: ReportContent) -> HtmlTable | None:
    """Return a row per model, language, protocol, persona and judge; None for a single protocol."""
    studied = {model.name for model in content.studied}
    rows = [] if content.cells is None else numbered_rows(content.cells)
    rows = [row for row in rows if row["model"] in studied]
    if len({(row.get("protocol"), row.get("persona")) for row in rows}) < 2:
        return None
    mass = {
        (row["model"], row["language"], row["protocol"]): table_cell(
            row.get("option_mass"),
            _NO_OPTIONS,
            source=cell_ref("quality", [row], "option_mass"),
        )
        for row in numbered_rows(content.quality)
    }
    names = {language.code: language.name for language in content.languages}
    columns = (
        Column("model", "model"),
        Column("language", "language"),
        Column("protocol", "protocol"),
        Column("persona", "persona", "country the respondents come from"),
        Column("judge", "judge"),
        Column("used", "used", "responses with a value polarity", number=True),
        *(Column(name, label, number=True) for name, label in _MEASURES.items()),
        Column(
            "option_mass",
            "probability on options",
            "mean total probability of the answer options",
            number=True,
        ),
    )
    order = [model.name for model in content.studied]
    rows.sort(key=lambda row: order.index(row["model"]))
    lines = tuple(
        (
            TableCell(row["model"]),
            TableCell(names[row["language"]]),
            TableCell(row["protocol"]),
            table_cell(row.get("persona"), "no persona"),
            table_cell(row.get("judge"), "no judge"),
            table_cell(row.get("used"), source=cell_ref("cells", [row], "used")),
            *(_measure(row, name) for name in _MEASURES),
            mass.get(
                (row["model"], row["language"], row["protocol"]),
                table_cell(None, _NO_OPTIONS),
            ),
        )
        for row in rows
    )
    has_personas = any(row.get("persona") is not None for row in rows)
    kept = [i for i, column in enumerate(columns) if has_personas or column.name != "persona"]
    return HtmlTable(
        "protocols",
        "Comparison of protocols",
        tuple(columns[i] for i in kept),
        tuple(tuple(line[i] for i in kept) for line in lines),
        (0, 1, 2, 3) if has_personas else (0, 1, 2),
    )


def _measure(row: dict[str, Any], name: str) -> TableCell:
    value = as_float(row.get(name))
    low, high = interval(row, name)
    found = table_cell(value, "undefined", source=cell_ref("cells", [row], name))
    ends = interval_refs("cells", row, name)
    if value is None or ends is None:
        return found
    return replace(
        found, low=table_cell(low, source=ends[0]), high=table_cell(high, source=ends[1])
    )
