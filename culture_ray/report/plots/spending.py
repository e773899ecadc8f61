"""What a run cost while it ran."""

from __future__ import annotations

from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.palette import INK, MUTED, colours, numbers
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Plot, sheet
from culture_ray.report.plots.timeline import about, time_axis
from culture_ray.report.plots.timeline_lanes import Clock, clock_of, worked

_POINTS = 400
_IN_SIGHT = 2.5
"""A cap is drawn when it is at most so many times what was charged."""

Rows = list[dict[str, Any]]


def spending(content: ReportContent) -> Plot | None:
    """Return the dollars charged over time; None where nothing was paid."""
    rows = [] if content.spending is None else content.spending.to_pylist()
    rows = sorted((r for r in rows if r["sent_at"] is not None), key=lambda row: row["sent_at"])
    total = sum(row["dollars"] for row in rows)
    if not total:
        return None
    clock = clock_of([(row["sent_at"], row["sent_at"]) for row in rows] + worked(content))
    cap = content.cap_dollars
    seen = cap is not None and cap <= _IN_SIGHT * total
    capped = "" if cap is None or seen else f" The cap of ${cap:,.2f} lies above the figure."
    return Plot(
        "spending",
        "Spending over time",
        "Dollars charged by the time at which a request was sent: solid for elicit, dashed for "
        "judge, black for all together. Attempts without a bill count at the most they can have "
        f"cost.{capped}{about(clock)}",
        "Lines of cumulative spending over time, by stage and model and in all.",
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
    tones, marks = colours(content, [model for _, model in lines]), Marks(numbers(content))
    for stage, model in lines:
        mine = [row for row in rows if (row["stage"], row["model"]) == (stage, model)]
        dashes = "--" if stage == "judge" else "-"
        drawn = _climb(axes, mine, clock, tones[model], linestyle=dashes, label=f"{stage} {model}")
        marks.of(drawn, model)
    if len(lines) > 1:
        _climb(axes, rows, clock, INK, linewidth=1.6, label="in all")
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


def _climb(axes: Axes, rows: Rows, clock: Clock, tone: str, **style: Any) -> Artist:
    """Draw a staircase of so many steps that no reader misses one more, and return it."""
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
        [place / size for place in places], heights, where="post", color=tone, **drawn
    )[0]
    return line
