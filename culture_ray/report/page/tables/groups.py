"""Table of the page on groups of respondents, for runs that ask as a survey's people."""

from __future__ import annotations

from culture_ray.report.cell_refs import FILES
from culture_ray.report.content import ReportContent
from culture_ray.report.page.tables.html_table import HtmlTable, html_table
from culture_ray.report.page.tables.names import display_names


def group_table(content: ReportContent) -> HtmlTable | None:
    """Return the figures of every group and measure; None for a run without them."""
    if content.groups is None or not content.groups.num_rows:
        return None

    return html_table(
        content.groups,
        "groups",
        "Answers as the people of a survey, by group",
        file=FILES["groups"],
        drop=("reason",),
        filters=("measure", "characteristic", "population", "model", "language", "protocol"),
        names=display_names(content, content.groups),
        null_reason=_reason,
    )


def _reason(row: dict[str, object], column: str) -> str:
    """Return the reason for a null."""
    if column == "category":
        return "all categories"
    if column == "topic_std_error":
        return "not computed for this measure"
    if column in {"floor", "ceiling"}:
        return "not defined for this measure"
    return str(row.get("reason") or "not defined for this measure")
