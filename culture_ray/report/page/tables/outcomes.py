"""Table of the outcomes of requests."""

from __future__ import annotations

from culture_ray.report.cell_refs import FILES
from culture_ray.report.content import ReportContent
from culture_ray.report.outcomes import is_imported
from culture_ray.report.page.tables import null_reasons
from culture_ray.report.page.tables.html_table import HtmlTable, html_table
from culture_ray.report.page.tables.names import display_names, in_order_of_models

_NOT_KNOWN = "Not known for responses that were elicited elsewhere"


def quality(content: ReportContent) -> HtmlTable:
    """Return the outcomes of requests, by model and language."""
    return html_table(
        content.quality,
        "quality",
        "Outcomes of the requests",
        file=FILES["quality"],
        filters=("model", "language", "protocol", "judge"),
        zeros_mean=_NOT_KNOWN if is_imported(content.quality) else "Zero in every row",
        order=in_order_of_models(content),
        names=display_names(content, content.quality),
        null_reason=null_reasons.in_quality,
    )
