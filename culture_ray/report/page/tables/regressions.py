"""Tables of the regressions: coefficients, slopes, equivalence, rows, and robustness checks."""

from __future__ import annotations

from collections import Counter

from culture_ray.report.cell_refs import FILES
from culture_ray.report.content import ReportContent
from culture_ray.report.page.tables import null_reasons
from culture_ray.report.page.tables.html_table import HtmlTable, html_table
from culture_ray.report.page.tables.names import display_names, in_order_of_models
from culture_ray.report.regression_result import ReportRegression


def regressions(content: ReportContent) -> list[tuple[ReportRegression, HtmlTable | None]]:
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
                names=display_names(content, r.table),
                null_reason=null_reasons.in_coefficients,
            ),
        )
        for key, r in content.regressions.items()
    ]


def common_notes(content: ReportContent) -> list[str]:
    """Return the remarks that more than one regression has, to be said once for all."""
    counts = Counter(note for r in content.regressions.values() for note in set(r.notes))
    return [note for note, times in counts.items() if times > 1]


def capability_slopes(content: ReportContent) -> HtmlTable | None:
    """Return the slopes of measured capability; None for a run that did not measure it."""
    if content.capability_slopes is None:
        return None
    return html_table(
        content.capability_slopes,
        "capability-slopes",
        "Slopes of measured capability, as fitted and corrected for its error",
        file=FILES["capability_slopes"],
        filters=("variant",),
        names=display_names(content, content.capability_slopes),
        null_reason=lambda row, _: row["note"] or "not estimated",
    )


def bayesian(content: ReportContent) -> HtmlTable | None:
    """Return the Bayesian fit of the default regression; None without that check."""
    if content.bayesian is None:
        return None
    return html_table(
        content.bayesian,
        "bayesian",
        "Bayesian check of the regression: posteriors of its coefficients",
        file=FILES["bayesian"],
        drop=("design", "outcome", "reason"),
        names=display_names(content, content.bayesian),
        null_reason=lambda row, _: row["reason"] or "not estimated",
    )


def equivalence(content: ReportContent) -> HtmlTable | None:
    """Return the tests that effects are smaller than the smallest of interest; None without any."""
    if content.equivalence is None:
        return None
    return html_table(
        content.equivalence,
        "equivalence",
        "Tests that effects are smaller than the smallest of interest",
        file=FILES["equivalence"],
        filters=("regression",),
        names=display_names(content, content.equivalence),
        null_reason=null_reasons.in_equivalence,
    )


def robustness(content: ReportContent) -> HtmlTable | None:
    """Return the robustness checks; None for a run without them."""
    if content.robustness is None:
        return None
    return html_table(
        content.robustness,
        "robustness",
        "Robustness checks",
        file=FILES["robustness"],
        drop=("reason",),
        filters=("check", "model", "language"),
        names=display_names(content, content.robustness),
        null_reason=null_reasons.in_checks,
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
            order=in_order_of_models(content),
            names=display_names(content, r.rows),
            null_reason=lambda row, column: "this row alone determines a coefficient",
        )
        for key, r in content.regressions.items()
        if r.rows is not None and r.rows.num_rows
    ]


def _slug(key: str) -> str:
    return key.replace(" ", "-")
