"""What a plot is, and the sheet every plot is drawn on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from culture_ray.report.cell_values import UNMEASURED
from culture_ray.report.drawing.palette import GRID, INK, MUTED, PAPER
from culture_ray.report.drawing.tooltips import Tooltip

ONE_COLUMN, TWO_COLUMNS = 3.4, 7.0
"""Widths in inches of one and two columns of a paper."""

RC = {
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.titlesize": 8,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 7.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.titlecolor": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "grid.color": GRID,
    "grid.linewidth": 0.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 0,
    "lines.linewidth": 1.0,
    "hatch.linewidth": 0.4,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "culture_ray",
    "axes.unicode_minus": True,
}


@dataclass(frozen=True)
class Plot:
    """A figure that can be drawn at each of its widths."""

    name: str
    title: str
    caption: str
    alt: str
    """What it shows, for those who do not see it; numbers are in the tables."""
    draw: Callable[[float], Sheet]
    """Takes a width in inches."""
    widths: tuple[float, ...] = (TWO_COLUMNS,)
    tips: tuple[Tooltip | None, ...] = ()
    """What its marks say on the page, by the number that the drawing gives them; None: nothing."""


@dataclass(frozen=True)
class Missing:
    """A figure that cannot be drawn, and the sentence that stands in its place."""

    name: str
    title: str
    why: str


def sheet(width: float, height: float) -> Sheet:
    """Return an empty sheet of that many inches that lays itself out."""
    return Sheet(figsize=(width, height), layout="constrained")


def no_ticks(axes: Axes) -> None:
    """Remove the ticks of an axis whose labels name rows or columns."""
    axes.tick_params(length=0)


def reasons(found: list[str]) -> str:
    """Return the distinct reasons of figures that are null, as one clause."""
    distinct = list(dict.fromkeys(r for r in found if r))
    return "; ".join(distinct) or UNMEASURED
