"""Plot of the timeline: models on GPUs over time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from culture_ray.report.cell_refs import CellRef, cell_ref
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.legend import Entry, Legend
from culture_ray.report.drawing.palette import INK, MUTED, PAPER, colours_by_name, model_numbers
from culture_ray.report.drawing.panel import Frame, Panel
from culture_ray.report.drawing.shapes import Look, Shape, Words
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, FigureSheet, Plot
from culture_ray.report.drawing.ticks import named_ticks
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

_PALE = 0.3
_CROSS = Look(stroke=INK, width=1.1)


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


def time_axis(panel: Panel, clock: Clock) -> None:
    """Format the horizontal axis as a clock; positions are in the clock's unit."""
    size, unit = clock.unit
    panel.x.low, panel.x.high = 0, clock.length / size
    panel.x.label = f"{unit} since {clock.began:%Y-%m-%d %H:%M} UTC"
    panel.x.has_grid = True
    panel.room_above = 9.0 if clock.pauses else 0.0
    for pause in clock.pauses:
        panel.rule(x=pause.at / size, width=0.8, dashes=(0.8, 1.3))
        panel.draw(partial(_pause, at=pause.at / size, text=duration_text(pause.seconds)))


def _pause(frame: Frame, at: float, text: str) -> list[Shape]:
    return [Words(frame.x(at), frame.top - 4, text, 6, MUTED, "middle")]


def _draw(content: ReportContent, found: Lanes, width: float) -> FigureSheet:
    colours = colours_by_name(content, found.models)
    page = FigureSheet(width, 0.17 * len(found.names), models=model_numbers(content))
    page.legend = Legend(tuple(_entries(found, colours)), 2 if width <= ONE_COLUMN else 4)
    (panel,) = page.panels
    size, _ = found.clock.unit
    for tooltip, bar in enumerate(found.bars):
        look = Look(fill=colours[bar.model], opacity=_PALE if bar.stage == "load" else 1.0)
        corners = (bar.begin / size, bar.lane - 0.33, bar.end / size, bar.lane + 0.33)
        hatch = PAPER if bar.stage == "judge" else ""
        panel.box(corners, look, tip=tooltip, hatch=hatch)
    for tooltip, fault in enumerate(found.faults, len(found.bars)):
        panel.marks([fault.at / size], [fault.lane], "x", 4.5, _CROSS, tip=tooltip)
    panel.y.ticks = named_ticks(found.names)
    panel.y.low, panel.y.high, panel.y.has_line = len(found.names) - 0.4, -0.6, False
    time_axis(panel, found.clock)
    return page


def _entries(found: Lanes, colours: dict[str, str]) -> Iterator[Entry]:
    for model in found.models:
        yield Entry(model, Look(fill=colours[model]), is_box=True, model=model)
    if _has_stage(found, "judge"):
        yield Entry("judging", Look(fill=MUTED), is_box=True, hatch=PAPER)
    if _has_stage(found, "load"):
        yield Entry("loading", Look(fill=MUTED, opacity=_PALE), is_box=True)
    if found.faults:
        yield Entry("died or could not start", _CROSS, "x", 4.5)


def _has_stage(found: Lanes, stage: str) -> bool:
    return any(bar.stage == stage for bar in found.bars)
