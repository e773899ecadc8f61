"""Plot of cumulative spending over time."""

from __future__ import annotations

from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.palette import INK, MUTED, colours_by_name, model_numbers
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Plot, sheet
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
) -> Sheet:
    across = 2 if width <= ONE_COLUMN else 4
    lines = list(dict.fromkeys((row["stage"], row["model"]) for row in rows))
    page = sheet(width, 2.0 + 0.14 * -(-(len(lines) + 1) // across))
    axes = page.subplots()
    colours = colours_by_name(content, [model for _, model in lines])
    marks = Marks(model_numbers(content))
    for stage, model in lines:
        line_rows = [row for row in rows if (row["stage"], row["model"]) == (stage, model)]
        dashes = "--" if stage == "judge" else "-"
        drawn = _staircase(
            axes, line_rows, clock, colours[model], linestyle=dashes, label=f"{stage} {model}"
        )
        marks.assign(drawn, model)
    if len(lines) > 1:
        _staircase(axes, rows, clock, INK, linewidth=1.6, label="total")
    if cap is not None:
        axes.axhline(cap, color=MUTED, linewidth=0.9, linestyle=(0, (1, 2)))
        size, _ = clock.unit
        end = clock.length / size
        axes.text(end, cap, f"cap ${cap:,.2f}", va="bottom", ha="right", fontsize=6.5, color=MUTED)
    axes.set_ylim(0, None if cap is None else 1.1 * max(cap, sum(row["dollars"] for row in rows)))
    axes.set_ylabel("dollars charged")
    axes.grid(axis="y")
    time_axis(axes, clock)
    legend = page.legend(loc="outside upper center", ncols=across)
    marks.legend(legend, [model for _, model in lines] + [""] * (len(lines) > 1))
    return page


def _staircase(axes: Axes, rows: Rows, clock: Clock, colour: str, **style: Any) -> Artist:
    """Draw a staircase, thinned to a few hundred steps, and return it."""
    size, _ = clock.unit
    places, heights, charged = [clock.place(rows[0]["sent_at"])], [0.0], 0.0
    every = max(1, len(rows) // _POINTS)
    for i, row in enumerate(rows, 1):
        charged += row["dollars"]
        if i % every == 0 or i == len(rows):
            places.append(clock.place(row["sent_at"]))
            heights.append(charged)
    places, heights = [*places, clock.length], [*heights, charged]
    drawn: dict[str, Any] = {"linewidth": 1.2} | style
    line: Artist = axes.step(
        [place / size for place in places], heights, where="post", color=colour, **drawn
    )[0]
    return line
