"""The figures of every protocol and persona beside each other, where a run has several."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from culture_ray.report.cell_refs import numbered, of
from culture_ray.report.cell_values import interval, interval_from, number
from culture_ray.report.content import ReportContent
from culture_ray.report.page.html_table import Column, HtmlTable, TableCell, entry

_FIGURES = {
    "alignment_language": "alignment with the language's speakers",
    "self_consistency": "self-consistency",
}


def protocols_beside(content: ReportContent) -> HtmlTable | None:
    """Return one row per model, language, protocol, persona and judge; None where all are alike."""
    studied = {model.name for model in content.studied}
    rows = [] if content.cells is None else numbered(content.cells)
    rows = [row for row in rows if row["model"] in studied]
    if len({(row.get("protocol"), row.get("persona")) for row in rows}) < 2:
        return None
    mass = {
        (row["model"], row["language"], row["protocol"]): entry(
            row.get("option_mass"),
            "no options are offered",
            source=of("quality", [row], "option_mass"),
        )
        for row in numbered(content.quality)
    }
    names = {language.code: language.name for language in content.languages}
    columns = (
        Column("model", "model"),
        Column("language", "language"),
        Column("protocol", "protocol"),
        Column("persona", "persona", "country the respondents come from"),
        Column("judge", "judge"),
        Column("used", "used", "responses with a value polarity", number=True),
        *(Column(name, label, number=True) for name, label in _FIGURES.items()),
        Column("option_mass", "on the options", "mean probability of all options", number=True),
    )
    order = [model.name for model in content.studied]
    rows.sort(key=lambda row: order.index(row["model"]))
    lines = tuple(
        (
            TableCell(row["model"]),
            TableCell(names[row["language"]]),
            TableCell(row["protocol"]),
            entry(row.get("persona"), "no persona"),
            entry(row.get("judge"), "no judge"),
            entry(row.get("used"), source=of("cells", [row], "used")),
            *(_figure(row, name) for name in _FIGURES),
            mass.get(
                (row["model"], row["language"], row["protocol"]),
                entry(None, "no options are offered"),
            ),
        )
        for row in rows
    )
    return HtmlTable("protocols", "Protocols beside each other", columns, lines, (0, 1, 2, 3))


def _figure(row: dict[str, Any], name: str) -> TableCell:
    value = number(row.get(name))
    low, high = interval(row, name)
    found = entry(value, "undefined", source=of("cells", [row], name))
    ends = interval_from("cells", row, name)
    if value is None or ends is None:
        return found
    return replace(found, low=entry(low, source=ends[0]), high=entry(high, source=ends[1]))
