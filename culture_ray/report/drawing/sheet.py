"""Plots, and the sheets that they are drawn on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from culture_ray.report.cell_values import UNMEASURED
from culture_ray.report.drawing.colour_scale import ColourScale
from culture_ray.report.drawing.legend import Legend
from culture_ray.report.drawing.panel import Panel
from culture_ray.report.drawing.tooltips import Tooltip

ONE_COLUMN, TWO_COLUMNS = 3.4, 7.0
"""Widths of one and two columns of a paper, in inches."""

PAGE_HEIGHT = 9.0
"""Height of the text of a paper's page, in inches; no figure is taller."""


class FigureSheet:
    """Panels of equal size in lines and columns, with what stands around them; sizes in inches."""

    def __init__(
        self, width: float, height: float, count: int = 1, columns: int = 1, *,
        share_x: bool = False, share_y: bool = False, models: Mapping[str, int] | None = None,
    ) -> None:  # fmt: skip
        """Make a sheet of `count` panels, each `height` high unless the page is too small.

        `models` are the numbers of models, to which shapes are linked; see palette.model_numbers.
        With `share_x` or `share_y` all panels have the same range, labelled once.
        """
        self.width, self.height, self.columns = width, height, columns
        self.share_x, self.share_y = share_x, share_y
        self.models = dict(models or {})
        self.panels = [Panel() for _ in range(count)]
        self.x_label = self.y_label = ""
        """Labels of all panels together."""
        self.legend = Legend(())
        self.is_legend_below = False
        self.colours: tuple[ColourScale, str] | None = None
        """Scale of a colour bar, and its label."""


@dataclass(frozen=True)
class Plot:
    """A figure: its texts, its tooltips, and a function that draws it at a given width."""

    name: str
    title: str
    caption: str
    alt: str
    """Alternative text; the numbers are in the tables."""
    draw: Callable[[float], FigureSheet]
    """Draw the figure at a width in inches."""
    widths: tuple[float, ...] = (TWO_COLUMNS,)
    tooltips: tuple[Tooltip | None, ...] = ()
    """Tooltips by number, as the drawing assigns them to marks; None for a mark without one."""
    summary: str = ""
    """Sentence that stands between title and caption, shown where the caption is folded."""


@dataclass(frozen=True)
class Missing:
    """A figure that cannot be drawn, with the reason as a sentence."""

    name: str
    title: str
    reason: str


def joined_reasons(found: list[str]) -> str:
    """Return the distinct reasons for null values as one clause."""
    distinct = list(dict.fromkeys(r for r in found if r))
    return "; ".join(distinct) or UNMEASURED
