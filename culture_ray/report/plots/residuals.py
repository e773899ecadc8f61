"""What single rows do to a regression: residuals against what is fitted and against leverage."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from culture_ray.report.cell_refs import numbered
from culture_ray.report.cell_values import Row, number
from culture_ray.report.content import ReportContent, ReportRegression
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.palette import MUTED, model_styles, numbers
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Plot, sheet
from culture_ray.report.drawing.tooltips import Tooltip, figure_of

_FAR = 2.0
"""Standard errors from which a row is named."""
_DECIDES = 0.9
"""Leverage from which a row is named."""
_NAMED = 8
_TOLD = ("fitted", "residual", "leverage")


def residuals(content: ReportContent) -> list[Plot]:
    """Return one figure per design whose rows were looked at; the first of them alone has one.

    Further designs are fitted to the same rows, and their rows stand in the regressions' files.
    """
    for key, regression in content.regressions.items():
        if regression.rows is not None and regression.rows.num_rows:
            return [_figure(content, regression.design or key, regression)]
    return []


def _figure(content: ReportContent, design: str, regression: ReportRegression) -> Plot:
    assert regression.rows is not None
    rows = [r for r in numbered(regression.rows) if number(r["residual"]) is not None]
    far = sum(abs(row["residual"]) > _FAR for row in rows)
    return Plot(
        f"residuals_{design}",
        f"Residuals and leverage: {regression.title}",
        "How far each row (a model in a language) lies from what all other rows say of it, in "
        "standard errors; left against what is fitted, right against how much the row decides "
        f"its own fit. {far} of {len(rows)} rows lie beyond ±{_FAR:g}; chance would put about "
        f"{0.05 * len(rows):.0f}. Named by language: these, and at the right those of a leverage "
        f"above {_DECIDES}.",
        f"Two scatter plots of the residuals of {len(rows)} rows, against fitted values and "
        "against leverage.",
        lambda width: _draw(content, rows, width),
        (TWO_COLUMNS, ONE_COLUMN),
        tuple(_tip(content, row, regression.rows_file) for row in rows),
    )


def _tip(content: ReportContent, row: Row, file: str) -> Tooltip:
    spoken = {x.code: x.name for x in content.languages}
    return Tooltip(
        f"{row['model']} in {spoken[row['language']]}",
        model=row["model"],
        lines=tuple(one for column in _TOLD for one in figure_of(column, file, row, column)),
    )


def _draw(content: ReportContent, rows: list[dict[str, Any]], width: float) -> Sheet:
    narrow = width <= ONE_COLUMN
    look, marks = model_styles(content), Marks(numbers(content))
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
        for tip, row in enumerate(rows):
            style = look[row["model"]]
            (dot,) = axes.plot(
                row[column], row["residual"], style.marker, color=style.colour, ms=4.5, mew=0
            )
            marks.tell(dot, tip)
        _name(axes, rows, column, marks)
        axes.set_xlabel(label)
        axes.grid()
        axes.margins(0.08)
    panels[0].set_ylabel("residual, in standard errors")
    if narrow:
        panels[1].set_ylabel("residual, in standard errors")
    handles = [
        panels[0].plot([], [], look[n].marker, color=look[n].colour, ms=4.5, mew=0, label=n)[0]
        for n in names
    ]
    marks.legend(page.legend(handles=handles, loc="outside upper center", ncols=across), names)
    return page


def _name(axes: Axes, rows: list[dict[str, Any]], column: str, marks: Marks) -> None:
    far = [
        row
        for row in rows
        if abs(row["residual"]) > _FAR or (column == "leverage" and row["leverage"] > _DECIDES)
    ]
    middle = sum(row[column] for row in rows) / len(rows)
    for row in sorted(far, key=lambda row: -abs(row["residual"]))[:_NAMED]:
        left = row[column] > middle
        name = axes.annotate(
            row["language"], (row[column], row["residual"]),
            xytext=(-5 if left else 5, 0), textcoords="offset points", fontsize=6,
            va="center", ha="right" if left else "left", color=MUTED,
        )  # fmt: skip
        marks.of(name, row["model"])
