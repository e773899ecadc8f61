"""Residual plots of a regression: residuals against fitted values and against leverage."""

from __future__ import annotations

from typing import Any

from culture_ray.report.cell_refs import numbered_rows
from culture_ray.report.cell_values import Row, as_float
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.legend import from_models
from culture_ray.report.drawing.markers import marker_look
from culture_ray.report.drawing.palette import model_numbers, model_styles
from culture_ray.report.drawing.panel import Panel
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, FigureSheet, Plot
from culture_ray.report.drawing.tooltips import Tooltip, measure_lines
from culture_ray.report.regression_result import ReportRegression

_FAR = 2.0
"""Residual, in standard errors, beyond which a row is labelled."""
_HIGH_LEVERAGE = 0.9
"""Leverage above which a row is labelled."""
_MAX_LABELS = 8
_AGAINST = {"fitted": "fitted alignment", "leverage": "leverage (0 to 1)"}
_TOOLTIP_COLUMNS = ("fitted", "residual", "leverage")


def residuals(content: ReportContent) -> list[Plot]:
    """Return the figure of the first regression with residuals; empty if there is none.

    Further designs are fitted to the same rows; their residuals are in the regressions' files.
    """
    for key, regression in content.regressions.items():
        if regression.rows is not None and regression.rows.num_rows:
            return [_figure(content, regression.design or key, regression)]
    return []


def _figure(content: ReportContent, design: str, regression: ReportRegression) -> Plot:
    assert regression.rows is not None
    rows = [r for r in numbered_rows(regression.rows) if as_float(r["residual"]) is not None]
    far = sum(abs(row["residual"]) > _FAR for row in rows)
    return Plot(
        f"residuals_{design}",
        f"Residuals and leverage: {regression.title}",
        "Deviation of each row (a model in a language) from the value that all other rows "
        "predict, in standard errors; left against the fitted value, right against leverage (how "
        f"strongly the row determines its own fit). {far} of {len(rows)} rows are beyond "
        f"±{_FAR:g}; about {0.05 * len(rows):.0f} would be by chance. Labelled with their "
        f"language: these rows and, on the right, rows with a leverage above {_HIGH_LEVERAGE}.",
        f"Two scatter plots of the residuals of {len(rows)} rows, against fitted values and "
        "against leverage.",
        lambda width: _draw(content, rows, width),
        (TWO_COLUMNS, ONE_COLUMN),
        tuple(_tooltip(content, row, regression.rows_file) for row in rows),
    )


def _tooltip(content: ReportContent, row: Row, file: str) -> Tooltip:
    language_names = {x.code: x.name for x in content.languages}
    return Tooltip(
        f"{row['model']} in {language_names[row['language']]}",
        model=row["model"],
        lines=tuple(
            line for column in _TOOLTIP_COLUMNS for line in measure_lines(column, file, row, column)
        ),
    )


def _draw(content: ReportContent, rows: list[dict[str, Any]], width: float) -> FigureSheet:
    narrow = width <= ONE_COLUMN
    styles = model_styles(content)
    names = [m.name for m in content.models if any(r["model"] == m.name for r in rows)]
    page = FigureSheet(width, 1.6, 2, 1 if narrow else 2, share_y=not narrow,
                 models=model_numbers(content))  # fmt: skip
    page.legend = from_models(names, styles, 2 if narrow else 4, 4.5)
    for panel, (column, label) in zip(page.panels, _AGAINST.items(), strict=True):
        panel.rule(y=0, width=0.8)
        for edge in (-_FAR, _FAR):
            panel.rule(y=edge, width=0.6, dashes=(0.6, 1))
        for tooltip, row in enumerate(rows):
            style = styles[row["model"]]
            look = marker_look(style.marker, style.colour)
            place = [row[column]], [row["residual"]]
            panel.marks(*place, style.marker, 4.5, look, tip=tooltip)
        _label_rows(panel, rows, column)
        panel.x.label = label
        panel.x.has_grid = panel.y.has_grid = True
        panel.x.margin = panel.y.margin = 0.08
    for panel in page.panels if narrow else page.panels[:1]:
        panel.y.label = "residual, in standard errors"
    return page


def _label_rows(panel: Panel, rows: list[dict[str, Any]], column: str) -> None:
    far = [
        row
        for row in rows
        if abs(row["residual"]) > _FAR
        or (column == "leverage" and row["leverage"] > _HIGH_LEVERAGE)
    ]
    middle = sum(row[column] for row in rows) / len(rows)
    for row in sorted(far, key=lambda row: -abs(row["residual"]))[:_MAX_LABELS]:
        left = row[column] > middle
        panel.words(
            row[column], row["residual"], row["language"], 6, anchor="end" if left else "start",
            shift=(-5 if left else 5, 0), model=row["model"],
        )  # fmt: skip
