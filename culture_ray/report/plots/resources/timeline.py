"""Plot of the timeline: models on GPUs over time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from culture_ray.report.cell_refs import CellRef, cell_ref
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.palette import INK, MUTED, PAPER, colours_by_name, model_numbers
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Plot, hide_ticks, sheet
from culture_ray.report.drawing.tooltips import Tooltip, TooltipValue
from culture_ray.report.plots.resources.timeline_lanes import (
    Bar,
    Clock,
    Fault,
    Lanes,
    duration_text,
    end_time,
    timeline_lanes,
)

_HATCH = "/////"
_PALE = 0.3


def timeline(content: ReportContent) -> Plot | None:
    """Return the plot of a run's timeline; None if none was recorded."""
    found = timeline_lanes(content)
    if found is None:
        return None
    hatched = " Hatched: judging." if _has_stage(found, "judge") else ""
    crosses = " Crosses: a replica died or could not start." if found.faults else ""
    more = (
        f" {found.left_out} further lines are left out; see timeline.arrow."
        if found.left_out
        else ""
    )
    return Plot(
        "timeline",
        "Timeline of the run",
        "One line per GPU, or per replica without a GPU, in the colours of the models. Pale: "
        f"loading.{hatched} Blank: idle.{crosses}{pause_note(found.clock)}{more}",
        f"Timeline of {len(found.names)} GPUs or replicas over "
        f"{duration_text(found.clock.length)}, with the models that ran on them.",
        lambda width: _draw(content, found, width),
        (TWO_COLUMNS, ONE_COLUMN),
        (
            *(_tooltip(bar, found.names[bar.lane]) for bar in found.bars),
            *(_fault_tooltip(fault, found.names[fault.lane]) for fault in found.faults),
        ),
    )


def _tooltip(bar: Bar, lane: str) -> Tooltip:
    rows = [bar.first] if bar.first is bar.last else [bar.first, bar.last]
    begin, end = bar.first["at"], end_time(bar.last)
    duration = TooltipValue(
        duration_text((end - begin).total_seconds()),
        cell_ref("timeline", rows, "at seconds", "from begin to end"),
    )
    return Tooltip(
        bar.model,
        f"{'loading' if bar.stage == 'load' else bar.stage} on {lane}",
        bar.model,
        (
            ("from", _moment(begin, cell_ref("timeline", rows, "at", "begin"))),
            ("to", _moment(end, cell_ref("timeline", rows, "at seconds", "end"))),
            ("duration", (duration,)),
        ),
    )


def _moment(when: datetime, source: CellRef) -> tuple[TooltipValue, str]:
    return TooltipValue(f"{when:%Y-%m-%d %H:%M:%S}", source), " UTC"


def _fault_tooltip(fault: Fault, lane: str) -> Tooltip:
    row = fault.row
    when = _moment(row["at"], cell_ref("timeline", [row], "at", "begin"))
    fault_text = "died" if row["event"] == "death" else "could not start"
    return Tooltip(
        row["model"] or "", f"{fault_text} on {lane}", row["model"] or "", (("at", when),)
    )


def pause_note(clock: Clock) -> str:
    """Return the sentence of a caption about pauses that the axis leaves out."""
    if not clock.pauses:
        return ""
    return " Dotted: pauses in which nothing ran, cut out and labelled with their length."


def time_axis(axes: Axes, clock: Clock) -> None:
    """Format the horizontal axis as a clock; positions are in the clock's unit."""
    size, unit = clock.unit
    axes.set_xlim(0, clock.length / size)
    axes.set_xlabel(f"{unit} since {clock.began:%Y-%m-%d %H:%M} UTC")
    axes.grid(axis="x")
    for pause in clock.pauses:
        at = pause.at / size
        axes.axvline(at, color=MUTED, linewidth=0.8, linestyle=":")
        axes.annotate(
            duration_text(pause.seconds), (at, 1), xycoords=("data", "axes fraction"), ha="center",
            va="bottom", fontsize=6, color=MUTED,
        )  # fmt: skip


def _draw(content: ReportContent, found: Lanes, width: float) -> Sheet:
    narrow = width <= ONE_COLUMN
    colours = colours_by_name(content, found.models)
    handles, marks = _handles(found, colours), Marks(model_numbers(content))
    across = 2 if narrow else 4
    page = sheet(width, 0.75 + 0.17 * len(found.names) + 0.14 * -(-len(handles) // across))
    axes = page.subplots()
    size, _ = found.clock.unit
    for tooltip, bar in enumerate(found.bars):
        marks.attach_tooltip(_bar(axes, bar, colours[bar.model], size), tooltip)
    for tooltip, fault in enumerate(found.faults, len(found.bars)):
        (cross,) = axes.plot(
            fault.at / size, fault.lane, "x", color=INK, markersize=4.5, mew=1.1, zorder=4
        )
        marks.attach_tooltip(cross, tooltip)
    axes.set_yticks(range(len(found.names)), found.names)
    axes.set_ylim(len(found.names) - 0.4, -0.6)
    time_axis(axes, found.clock)
    hide_ticks(axes)
    axes.spines["left"].set_visible(False)
    legend = page.legend(handles=handles, loc="outside upper center", ncols=across)
    others = [""] * (len(handles) - len(found.models))
    marks.legend(legend, [*found.models, *others])
    return page


def _bar(axes: Axes, bar: Bar, colour: str, size: float) -> Artist:
    """Draw a bar and return it."""
    style: dict[str, Any] = {"facecolor": colour, "linewidth": 0}
    if bar.stage == "load":
        style["alpha"] = _PALE
    elif bar.stage == "judge":
        style |= {"hatch": _HATCH, "edgecolor": PAPER}
    drawn = axes.barh(bar.lane, (bar.end - bar.begin) / size, 0.66, bar.begin / size, **style)
    part: Artist = drawn.patches[0]
    return part


def _handles(found: Lanes, colours: dict[str, str]) -> list[Any]:
    handles: list[Any] = [Patch(color=colours[model], label=model) for model in found.models]
    if _has_stage(found, "judge"):
        judging = Patch(facecolor=MUTED, edgecolor=PAPER, hatch=_HATCH, linewidth=0)
        judging.set_label("judging")
        handles.append(judging)
    if _has_stage(found, "load"):
        handles.append(Patch(facecolor=MUTED, alpha=_PALE, linewidth=0, label="loading"))
    if found.faults:
        cross = Line2D([], [], color=INK, marker="x", linestyle="", markersize=4.5)
        cross.set_label("died or could not start")
        handles.append(cross)
    return handles


def _has_stage(found: Lanes, stage: str) -> bool:
    return any(bar.stage == stage for bar in found.bars)
