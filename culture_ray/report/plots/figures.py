"""Draw every figure of a run: PNG, PDF and SVG into a folder, and the SVG again for the page."""

from __future__ import annotations

import io
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure as Sheet

from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.sheet import ONE_COLUMN, RC, Missing, Plot
from culture_ray.report.drawing.svg import inline
from culture_ray.report.drawing.tooltips import Tooltip
from culture_ray.report.plots.capability import capability
from culture_ray.report.plots.cells import alignment, bias, consistency
from culture_ray.report.plots.coefficients import coefficients
from culture_ray.report.plots.confusion import confusion
from culture_ray.report.plots.correlations import correlations
from culture_ray.report.plots.heatmap import heatmap
from culture_ray.report.plots.residuals import residuals
from culture_ray.report.plots.spending import spending
from culture_ray.report.plots.stances import stances
from culture_ray.report.plots.timeline import timeline
from culture_ray.report.plots.topics import topics
from culture_ray.store.atomic import replace

_DPI = 300


@dataclass(frozen=True)
class Figure:
    """A figure as it lies in the folder, or the sentence that says why it is not there."""

    name: str
    title: str
    caption: str
    png: Path | None = None
    """At two columns (7 in), 300 dpi; None when missing."""
    pdf: Path | None = None
    vector: Path | None = None
    """The same as SVG, with its text as text."""
    one_column: tuple[Path, ...] = ()
    """PNG, PDF and SVG at 3.4 in, for figures that can be read at that width."""
    svg: str = ""
    """For the page; empty when missing."""
    svg_narrow: str = ""
    """For narrow screens; empty when it cannot be read at that width."""
    missing: str = ""
    section: str = "figures"
    """Which section of the page shows it: figures, run, judges or regressions."""
    tips: tuple[Tooltip | None, ...] = ()
    """What its marks say, by their numbers in `svg` and `svg_narrow`."""


def write_figures(content: ReportContent, folder: Path, workers: int = 1) -> list[Figure]:
    """Draw all figures of `content` into `folder`, which is made when absent.

    More than one of `workers` are processes that share the figures out; the files are the same.

    A figure whose data are missing or all null is not drawn: it comes back with the sentence
    that says why. What only some runs can have (a timeline, spending, a judge's check) is left out
    where there is nothing to show. Raises DiskProblem.
    """
    count = sum(1 for _ in _plots(content))
    if min(workers, count) == 1:
        _share(content, folder)
        return [_figure(place) for place in range(count)]
    # A server that has loaded matplotlib once, and no fork of a process that may have threads.
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])
    others = min(workers, count) - 1
    with ProcessPoolExecutor(others, processes, _share, (content, folder)) as pool:
        theirs = [pool.submit(_figure, place) for place in range(count)]
        # This process draws too, from the other end, while the others still load matplotlib.
        _share(content, folder)
        ours = {p: _figure(p) for p in reversed(range(count)) if theirs[p].cancel()}
        return [ours[p] if p in ours else theirs[p].result() for p in range(count)]


def write_figure(plot: Plot | Missing, folder: Path) -> Figure:
    """Draw one figure into `folder`, which is made when absent. Raises DiskProblem."""
    with mpl.rc_context(RC):
        return _write(plot, folder)


_SHARED: list[tuple[list[tuple[str, Plot | Missing]], Path]] = []
"""What this process draws, and where to; set once per report, because plots cannot be sent."""


def _share(content: ReportContent, folder: Path) -> None:
    _SHARED[:] = [(list(_plots(content)), folder)]


def _figure(place: int) -> Figure:
    plots, folder = _SHARED[0]
    section, plot = plots[place]
    return replace_fields(write_figure(plot, folder), section=section)


def _plots(content: ReportContent) -> Iterator[tuple[str, Plot | Missing]]:
    always: tuple[Callable[[ReportContent], Plot | Missing | None], ...] = (
        alignment, heatmap, correlations, bias, consistency, capability,
        *(partial(topics, language=language) for language in content.languages), stances,
    )  # fmt: skip
    for figure in always:
        yield from _there("figures", figure(content))
    yield from _there("run", timeline(content))
    yield from _there("run", spending(content))
    yield from _there("judges", confusion(content))
    for plot in (*coefficients(content), *residuals(content)):
        yield "regressions", plot


def _there(section: str, plot: Plot | Missing | None) -> Iterator[tuple[str, Plot | Missing]]:
    if plot is not None:
        yield section, plot


def _write(plot: Plot | Missing, folder: Path) -> Figure:
    if isinstance(plot, Missing):
        return Figure(plot.name, plot.title, "", missing=plot.why)
    wide = plot.draw(plot.widths[0])
    files, drawn = _save(wide, folder / plot.name)
    svg = inline(drawn, plot.name, plot.alt)
    if ONE_COLUMN not in plot.widths:
        return Figure(plot.name, plot.title, plot.caption, *files, svg=svg, tips=plot.tips)
    narrow, drawn = _save(plot.draw(ONE_COLUMN), folder / f"{plot.name}_one_column")
    drawings = (svg, inline(drawn, f"{plot.name}-narrow", plot.alt))
    return Figure(plot.name, plot.title, plot.caption, *files, narrow, *drawings, tips=plot.tips)


def _save(page: Sheet, stem: Path) -> tuple[tuple[Path, Path, Path], str]:
    """Write PNG, PDF and SVG; return where they lie, and the SVG."""
    png, pdf, svg = (stem.with_suffix(f".{kind}") for kind in ("png", "pdf", "svg"))
    # Laid out once: every later save of the same sheet would solve the layout again, and a sheet
    # that keeps any engine at all ("none" is one) is drawn twice for each of them.
    page.draw_without_rendering()
    page.set_layout_engine(None)
    # Drawn in memory first: matplotlib hides a full disk behind an error of its own.
    pictures = {
        png: _drawn(page, "png", dpi=_DPI),
        # Without a date two drawings of the same tables are the same file.
        pdf: _drawn(page, "pdf", metadata={"CreationDate": None}),
        svg: _drawn(page, "svg", facecolor="none", metadata={"Date": None}),
    }
    for path, content in pictures.items():
        replace(path, partial(_write_bytes, content))
    return (png, pdf, svg), pictures[svg].decode()


def _drawn(page: Sheet, form: str, **options: Any) -> bytes:
    written = io.BytesIO()
    page.savefig(written, format=form, **options)
    return written.getvalue()


def _write_bytes(content: bytes, path: Path) -> None:
    path.write_bytes(content)
