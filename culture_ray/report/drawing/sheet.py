"""Plots, and the sheets that they are drawn on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from culture_ray.report.cell_values import UNMEASURED
from culture_ray.report.drawing.palette import GRID, INK, MUTED, PAPER
from culture_ray.report.drawing.tooltips import Tooltip

ONE_COLUMN, TWO_COLUMNS = 3.4, 7.0
"""Widths of one and two columns of a paper, in inches."""

PAGE_HEIGHT = 9.0
"""Height of the text of a paper's page, in inches; no figure is taller."""

RC = {
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
    """A figure: its texts, its tooltips, and a function that draws it at a given width."""

    name: str
    title: str
    caption: str
    alt: str
    """Alternative text; the numbers are in the tables."""
    draw: Callable[[float], Sheet]
    """Draw the figure at a width in inches."""
    widths: tuple[float, ...] = (TWO_COLUMNS,)
    tooltips: tuple[Tooltip | None, ...] = ()
    """Tooltips by number, as the drawing assigns them to marks; None for a mark without one."""


@dataclass(frozen=True)
class Missing:
    """A figure that cannot be drawn, with the reason as a sentence."""

    name: str
    title: str
    reason: str


def sheet(width: float, height: float) -> Sheet:
    """Return an empty sheet with constrained layout, no taller than a page; sizes in inches."""
    return Sheet(figsize=(width, min(height, PAGE_HEIGHT)), layout="constrained")


def fitting_font(lines: int, height: float, largest: float = 7.0) -> float:
    """Return the font size at which `lines` labels fit below each other in `height` inches."""
    return min(largest, 72 * 0.8 * height / max(lines, 1))


def hide_ticks(axes: Axes) -> None:
    """Hide the tick marks of an axis; its labels stay."""
    axes.tick_params(length=0)


def joined_reasons(found: list[str]) -> str:
    """Return the distinct reasons for null values as one clause."""
    distinct = list(dict.fromkeys(r for r in found if r))
    return "; ".join(distinct) or UNMEASURED
