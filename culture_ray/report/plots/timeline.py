"""What ran on which GPU."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from culture_ray.report.clock import Clock, lasting
from culture_ray.report.content import ReportContent
from culture_ray.report.lanes import Bar, Lanes, lanes_of
from culture_ray.report.palette import INK, MUTED, PAPER, colours
from culture_ray.report.plots.base import ONE_COLUMN, TWO_COLUMNS, Plot, no_ticks, sheet

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
    )


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
    marks = _marks(found, tones)
    across = 2 if narrow else 4
    page = sheet(width, 0.75 + 0.17 * len(found.names) + 0.14 * -(-len(marks) // across))
    axes = page.subplots()
    size, _ = found.clock.unit
    for bar in found.bars:
        _bar(axes, bar, tones[bar.model], size)
    for fault in found.faults:
        axes.plot(fault.at / size, fault.lane, "x", color=INK, markersize=4.5, mew=1.1, zorder=4)
    axes.set_yticks(range(len(found.names)), found.names)
    axes.set_ylim(len(found.names) - 0.4, -0.6)
    time_axis(axes, found.clock)
    no_ticks(axes)
    axes.spines["left"].set_visible(False)
    page.legend(handles=marks, loc="outside upper center", ncols=across)
    return page


def _bar(axes: Axes, bar: Bar, tone: str, size: float) -> None:
    style: dict[str, Any] = {"facecolor": tone, "linewidth": 0}
    if bar.stage == "load":
        style["alpha"] = _PALE
    elif bar.stage == "judge":
        style |= {"hatch": _HATCH, "edgecolor": PAPER}
    axes.barh(bar.lane, (bar.end - bar.begin) / size, 0.66, bar.begin / size, **style)


def _marks(found: Lanes, tones: dict[str, str]) -> list[Any]:
    marks: list[Any] = [Patch(color=tones[model], label=model) for model in found.models]
    if _any(found, "judge"):
        judging = Patch(facecolor=MUTED, edgecolor=PAPER, hatch=_HATCH, linewidth=0)
        judging.set_label("judging")
        marks.append(judging)
    if _any(found, "load"):
        marks.append(Patch(facecolor=MUTED, alpha=_PALE, linewidth=0, label="loading"))
    if found.faults:
        cross = Line2D([], [], color=INK, marker="x", linestyle="", markersize=4.5)
        cross.set_label("died or could not start")
        marks.append(cross)
    return marks


def _any(found: Lanes, stage: str) -> bool:
    return any(bar.stage == stage for bar in found.bars)
