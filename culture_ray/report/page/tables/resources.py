"""Resources that a run used: a table by stage and model, and the totals."""

from __future__ import annotations

from culture_ray.report.cell_refs import FILES, cell_ref, numbered_rows
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import Number, Sentence
from culture_ray.report.page.tables import null_reasons
from culture_ray.report.page.tables.html_table import HtmlTable, html_table


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
