"""What ran on which GPU."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from culture_ray.report.cell_refs import Source, of
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.palette import INK, MUTED, PAPER, colours, numbers
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Plot, no_ticks, sheet
from culture_ray.report.drawing.tooltips import Tooltip, TooltipValue
from culture_ray.report.plots.timeline_lanes import (
    Bar,
    Clock,
    Fault,
    Lanes,
    ended,
    lanes_of,
    lasting,
)

_HATCH = "/////"
_PALE = 0.3


def timeline(content: ReportContent) -> Plot | None:
    """Return the run's timeline; None where none was kept."""
    found = lanes_of(content)
    if found is None:
        return None
    hatched = " Hatched: judging." if _any(found, "judge") else ""
    crosses = " Crosses: a replica died or could not start." if found.faults else ""
    more = f" {found.left_out} more lines are in timeline.arrow." if found.left_out else ""
    return Plot(
        "timeline",
        "What ran where",
        "One line per GPU, or per replica that has none, in the colour of its model. Pale: "
        f"loading.{hatched} Blank: waiting.{crosses}{about(found.clock)}{more}",
        f"Timeline of {len(found.names)} GPUs or replicas over {lasting(found.clock.length)}, with "
        "the models that ran on them.",
        lambda width: _draw(content, found, width),
        (TWO_COLUMNS, ONE_COLUMN),
        (
            *(_tip(bar, found.names[bar.lane]) for bar in found.bars),
            *(_tip_of_fault(fault, found.names[fault.lane]) for fault in found.faults),
        ),
    )


def _tip(bar: Bar, lane: str) -> Tooltip:
    rows = [bar.first] if bar.first is bar.last else [bar.first, bar.last]
    begin, end = bar.first["at"], ended(bar.last)
    lasted = TooltipValue(
        lasting((end - begin).total_seconds()),
        of("timeline", rows, "at seconds", "from begin to end"),
    )
    return Tooltip(
        bar.model,
        f"{'loading' if bar.stage == 'load' else bar.stage} on {lane}",
        bar.model,
        (
            ("from", _moment(begin, of("timeline", rows, "at", "begin"))),
            ("to", _moment(end, of("timeline", rows, "at seconds", "end"))),
            ("lasting", (lasted,)),
        ),
    )


def _moment(when: datetime, source: Source) -> tuple[TooltipValue, str]:
    return TooltipValue(f"{when:%Y-%m-%d %H:%M:%S}", source), " UTC"


def _tip_of_fault(fault: Fault, lane: str) -> Tooltip:
    row = fault.row
    when = _moment(row["at"], of("timeline", [row], "at", "begin"))
    what = "died" if row["event"] == "death" else "could not start"
    return Tooltip(row["model"] or "", f"{what} on {lane}", row["model"] or "", (("at", when),))


def about(clock: Clock) -> str:
    """Return what a caption says of an axis that leaves pauses out."""
    if not clock.pauses:
        return ""
    return " Dotted: pauses in which nothing ran, left out, with how long they were."


def time_axis(axes: Axes, clock: Clock) -> None:
    """Make the horizontal axis that of a clock; places are in its unit."""
    size, unit = clock.unit
    axes.set_xlim(0, clock.length / size)
    axes.set_xlabel(f"{unit} since {clock.began:%Y-%m-%d %H:%M} UTC")
    axes.grid(axis="x")
    for pause in clock.pauses:
        at = pause.at / size
        axes.axvline(at, color=MUTED, linewidth=0.8, linestyle=":")
        axes.annotate(
            lasting(pause.seconds), (at, 1), xycoords=("data", "axes fraction"), ha="center",
            va="bottom", fontsize=6, color=MUTED,
        )  # fmt: skip


def _draw(content: ReportContent, found: Lanes, width: float) -> Sheet:
    narrow = width <= ONE_COLUMN
    tones = colours(content, found.models)
    handles, marks = _handles(found, tones), Marks(numbers(content))
    across = 2 if narrow else 4
    page = sheet(width, 0.75 + 0.17 * len(found.names) + 0.14 * -(-len(handles) // across))
    axes = page.subplots()
    size, _ = found.clock.unit
    for tip, bar in enumerate(found.bars):
        marks.tell(_bar(axes, bar, tones[bar.model], size), tip)
    for tip, fault in enumerate(found.faults, len(found.bars)):
        (cross,) = axes.plot(
            fault.at / size, fault.lane, "x", color=INK, markersize=4.5, mew=1.1, zorder=4
        )
        marks.tell(cross, tip)
    axes.set_yticks(range(len(found.names)), found.names)
    axes.set_ylim(len(found.names) - 0.4, -0.6)
    time_axis(axes, found.clock)
    no_ticks(axes)
    axes.spines["left"].set_visible(False)
    legend = page.legend(handles=handles, loc="outside upper center", ncols=across)
    others = [""] * (len(handles) - len(found.models))
    marks.legend(legend, [*found.models, *others])
    return page


def _bar(axes: Axes, bar: Bar, tone: str, size: float) -> Artist:
    """Draw a bar and return it."""
    style: dict[str, Any] = {"facecolor": tone, "linewidth": 0}
    if bar.stage == "load":
        style["alpha"] = _PALE
    elif bar.stage == "judge":
        style |= {"hatch": _HATCH, "edgecolor": PAPER}
    drawn = axes.barh(bar.lane, (bar.end - bar.begin) / size, 0.66, bar.begin / size, **style)
    part: Artist = drawn.patches[0]
    return part


def _handles(found: Lanes, tones: dict[str, str]) -> list[Any]:
    handles: list[Any] = [Patch(color=tones[model], label=model) for model in found.models]
    if _any(found, "judge"):
        judging = Patch(facecolor=MUTED, edgecolor=PAPER, hatch=_HATCH, linewidth=0)
        judging.set_label("judging")
        handles.append(judging)
    if _any(found, "load"):
        handles.append(Patch(facecolor=MUTED, alpha=_PALE, linewidth=0, label="loading"))
    if found.faults:
        cross = Line2D([], [], color=INK, marker="x", linestyle="", markersize=4.5)
        cross.set_label("died or could not start")
        handles.append(cross)
    return handles


def _any(found: Lanes, stage: str) -> bool:
    return any(bar.stage == stage for bar in found.bars)
