"""Tables on the judges, and figures corrected by labels of people or of a further judge."""

from __future__ import annotations

from culture_ray.report.cell_refs import FILES
from culture_ray.report.content import ReportContent
from culture_ray.report.page.tables import null_reasons
from culture_ray.report.page.tables.html_table import HtmlTable, html_table
from culture_ray.report.page.tables.names import display_names

_CAPTIONS = {
    "reliability": "Accuracy of the judges on gold opinions, whose stance is known",
    "exclusions": "Effect of each exclusion rule on alignment",
    "agreement": "Agreement between judges on the same responses",
    "moves": "Change in the measures with labels from another judge",
    "regressions": "Change in the regression coefficients with labels from another judge",
}


def judge_tables(content: ReportContent) -> list[HtmlTable]:
    """Return the tables on the judges: accuracy, exclusions, agreement, effect of another judge.

    A table of exclusions that would leave out no response is all zeros, and is not among them.
    """
    return [
        html_table(
            content.judging[name],
            f"judging-{name}",
            caption,
            file=FILES[name],
            filters=("rule", "figure", "model", "language", "judge", "regression"),
            names=display_names(content, content.judging[name]),
            null_reason=null_reasons.in_judges,
        )
        for name, caption in _CAPTIONS.items()
        if name in content.judging
        and content.judging[name].num_rows
        and (name != "exclusions" or _matched_rules(content))
    ]


def _matched_rules(content: ReportContent) -> list[str]:
    """Return the rules of exclusion that match at least one response."""
    if "exclusions" not in content.judging:
        return []
    rows = content.judging["exclusions"].select(["rule", "responses"]).to_pylist()
    return list(dict.fromkeys(row["rule"] for row in rows if row["responses"]))


def corrected_figures(content: ReportContent) -> HtmlTable | None:
    """Return the figures corrected by reference labels; None for a run without such labels."""
    if content.label_corrected is None:
        return None
    return html_table(
        content.label_corrected,
        "label-corrected",
        "Measures corrected by labels of people or of a further judge",
        file=FILES["label_corrected"],
        drop=("reason",),
        filters=("reference", "figure", "model", "language"),
        names=display_names(content, content.label_corrected),
        null_reason=null_reasons.in_corrected,
    )
