"""Residual plots of a regression: residuals against fitted values and against leverage."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from culture_ray.report.cell_refs import numbered_rows
from culture_ray.report.cell_values import Row, as_float
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.palette import MUTED, model_numbers, model_styles
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Plot, sheet
from culture_ray.report.drawing.tooltips import Tooltip, measure_lines
from culture_ray.report.regression_result import ReportRegression

_FAR = 2.0
"""Residual, in standard errors, beyond which a row is labelled."""
_HIGH_LEVERAGE = 0.9
"""Leverage above which a row is labelled."""
_MAX_LABELS = 8
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


def _draw(content: ReportContent, rows: list[dict[str, Any]], width: float) -> Sheet:
    narrow = width <= ONE_COLUMN
    styles, marks = model_styles(content), Marks(model_numbers(content))
    names = [m.name for m in content.models if any(r["model"] == m.name for r in rows)]
    across = 2 if narrow else 4
    height = 0.15 * -(-len(names) // across)
    page = sheet(width, (4.0 if narrow else 2.3) + height)
    panels = page.subplots(2, 1) if narrow else page.subplots(1, 2, sharey=True)
    for axes, column, label in zip(
        panels, ("fitted", "leverage"), ("fitted alignment", "leverage (0 to 1)"), strict=True
    ):
        axes.axhline(0, color=MUTED, linewidth=0.8)
        for edge in (-_FAR, _FAR):
            axes.axhline(edge, color=MUTED, linewidth=0.6, linestyle=":")
        for tooltip, row in enumerate(rows):
            style = styles[row["model"]]
            (dot,) = axes.plot(
                row[column], row["residual"], style.marker, color=style.colour, ms=4.5, mew=0
            )
            marks.attach_tooltip(dot, tooltip)
        _label_rows(axes, rows, column, marks)
        axes.set_xlabel(label)
        axes.grid()
        axes.margins(0.08)
    panels[0].set_ylabel("residual, in standard errors")
    if narrow:
        panels[1].set_ylabel("residual, in standard errors")
    handles = [
        panels[0].plot([], [], styles[n].marker, color=styles[n].colour, ms=4.5, mew=0, label=n)[0]
        for n in names
    ]
    marks.legend(page.legend(handles=handles, loc="outside upper center", ncols=across), names)
    return page


def _label_rows(axes: Axes, rows: list[dict[str, Any]], column: str, marks: Marks) -> None:
    far = [
        row
        for row in rows
        if abs(row["residual"]) > _FAR
        or (column == "leverage" and row["leverage"] > _HIGH_LEVERAGE)
    ]
    middle = sum(row[column] for row in rows) / len(rows)
    for row in sorted(far, key=lambda row: -abs(row["residual"]))[:_MAX_LABELS]:
        left = row[column] > middle
        name = axes.annotate(
            row["language"], (row[column], row["residual"]),
            xytext=(-5 if left else 5, 0), textcoords="offset points", fontsize=6,
            va="center", ha="right" if left else "left", color=MUTED,
        )  # fmt: skip
        marks.assign(name, row["model"])
