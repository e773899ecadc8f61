"""Plot of cumulative spending over time."""

from __future__ import annotations

from typing import Any

from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.legend import Entry, Legend
from culture_ray.report.drawing.palette import INK, colours_by_name, model_numbers
from culture_ray.report.drawing.panel import Panel
from culture_ray.report.drawing.shapes import Look
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, FigureSheet, Plot
from culture_ray.report.plots.resources.timeline import pause_note, time_axis
from culture_ray.report.plots.resources.timeline_lanes import Clock, busy_spans, make_clock

_POINTS = 400
"""Approximate number of steps of a line."""
_CAP_RANGE = 2.5
"""A cap is drawn if it is at most this multiple of the dollars charged."""

Rows = list[dict[str, Any]]


def spending(content: ReportContent) -> Plot | None:
    """Return the plot of dollars charged over time; None if nothing was paid."""
    rows = [] if content.spending is None else content.spending.to_pylist()
    rows = sorted((r for r in rows if r["sent_at"] is not None), key=lambda row: row["sent_at"])
    total = sum(row["dollars"] for row in rows)
    if not total:
        return None
    clock = make_clock([(row["sent_at"], row["sent_at"]) for row in rows] + busy_spans(content))
    cap = content.cap_dollars
    seen = cap is not None and cap <= _CAP_RANGE * total
    capped = "" if cap is None or seen else f" The cap of ${cap:,.2f} is above the range shown."
    return Plot(
        "spending",
        "Spending over time",
        "Cumulative dollars charged, by the time at which each request was sent: solid for "
        "eliciting, dashed for judging, black for the total. Attempts without a reported cost are "
        f"charged at the most they can have cost.{capped}{pause_note(clock)}",
        "Lines of cumulative spending over time, by stage and model and in total.",
        lambda width: _draw(content, rows, clock, cap if seen else None, width),
        (TWO_COLUMNS, ONE_COLUMN),
    )


def _draw(
    content: ReportContent, rows: Rows, clock: Clock, cap: float | None, width: float
) -> FigureSheet:
    lines = list(dict.fromkeys((row["stage"], row["model"]) for row in rows))
    page = FigureSheet(width, 1.55, models=model_numbers(content))
    (panel,) = page.panels
    colours = colours_by_name(content, [model for _, model in lines])
    entries = []
    for stage, model in lines:
        line_rows = [row for row in rows if (row["stage"], row["model"]) == (stage, model)]
        dashes = (4.4, 1.9) if stage == "judge" else ()
        look = Look(stroke=colours[model], width=1.2, dashes=dashes)
        _staircase(panel, line_rows, clock, look, model)
        entries.append(Entry(f"{stage} {model}", look, model=model))
    if len(lines) > 1:
        look = Look(stroke=INK, width=1.6)
        _staircase(panel, rows, clock, look)
        entries.append(Entry("total", look))
    page.legend = Legend(tuple(entries), 2 if width <= ONE_COLUMN else 4)
    panel.y.low = 0
    if cap is not None:
        panel.rule(y=cap, width=0.9, dashes=(0.9, 1.8))
        panel.words(clock.length / clock.unit[0], cap, f"cap ${cap:,.2f}", 6.5, anchor="end",
                    shift=(0, -5))  # fmt: skip
        panel.y.high = 1.1 * max(cap, sum(row["dollars"] for row in rows))
    panel.y.label, panel.y.has_grid = "dollars charged", True
    time_axis(panel, clock)
    return page


def _staircase(panel: Panel, rows: Rows, clock: Clock, look: Look, model: str = "") -> None:
    """Draw a staircase, thinned to a few hundred steps."""
    size, _ = clock.unit
    xs, ys, charged = [clock.place(rows[0]["sent_at"]) / size], [0.0], 0.0
    every = max(1, len(rows) // _POINTS)
    for i, row in enumerate(rows, 1):
        charged += row["dollars"]
        if i % every == 0 or i == len(rows):
            x = clock.place(row["sent_at"]) / size
            xs += [x, x]
            ys += [ys[-1], charged]
    panel.path([*xs, clock.length / size], [*ys, charged], look, model=model)
