"""Drawing of all figures of a run: as PNG, PDF, SVG and CSV files, and as SVG for the page."""

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
from culture_ray.report.plots.benchmarks import benchmark_plots
from culture_ray.report.plots.capability import capability
from culture_ray.report.plots.cells import alignment, bias, consistency
from culture_ray.report.plots.coefficients import coefficients
from culture_ray.report.plots.confusion import confusion
from culture_ray.report.plots.correlations import correlations
from culture_ray.report.plots.culture_map import culture_map
from culture_ray.report.plots.figure_data import figure_csv
from culture_ray.report.plots.heatmap import heatmap
from culture_ray.report.plots.residuals import residuals
from culture_ray.report.plots.resources.spending import spending
from culture_ray.report.plots.resources.timeline import timeline
from culture_ray.report.plots.stances import stances
from culture_ray.report.plots.topics import topics
from culture_ray.store.atomic import replace

_DPI = 300


@dataclass(frozen=True)
class Figure:
    """A figure with its files, or the reason why it is missing."""

    name: str
    title: str
    caption: str
    png: Path | None = None
    """Two columns wide (7 in), 300 dpi; None if the figure is missing."""
    pdf: Path | None = None
    vector: Path | None = None
    """The same as SVG, with selectable text."""
    one_column: tuple[Path, ...] = ()
    """PNG, PDF and SVG at 3.4 in, for figures that are legible at that width."""
    svg: str = ""
    """SVG element for the page; empty if the figure is missing."""
    svg_narrow: str = ""
    """SVG element for narrow screens; empty if not legible at that width."""
    missing: str = ""
    section: str = "figures"
    """Section of the page: map, figures, run, judges, regressions, or `benchmarks NAME`."""
    tooltips: tuple[Tooltip | None, ...] = ()
    """Tooltips by the numbers that `svg` and `svg_narrow` assign to marks."""
    data: Path | None = None
    """Its marks as CSV; None for a figure without values to point at."""


def write_figures(content: ReportContent, folder: Path, workers: int = 1) -> list[Figure]:
    """Draw all figures of `content` into `folder`, which is created if absent.

    With several `workers`, as many processes share the figures; the files are the same. A figure
    whose data are missing or null is not drawn; its `missing` gives the reason. Figures that only
    some runs can have (timeline, spending, judge check) are left out if there is nothing to show.
    Raises DiskProblem.
    """
    count = sum(1 for _ in _plots(content))
    if min(workers, count) == 1:
        _set_plots(content, folder)
        return [_figure(place) for place in range(count)]
    # forkserver: it loads matplotlib once, and no process that may have threads is forked.
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])
    others = min(workers, count) - 1
    with ProcessPoolExecutor(others, processes, _set_plots, (content, folder)) as pool:
        pooled = [pool.submit(_figure, place) for place in range(count)]
        # This process draws too, from the other end, while the workers still load matplotlib.
        _set_plots(content, folder)
        own = {p: _figure(p) for p in reversed(range(count)) if pooled[p].cancel()}
        return [own[p] if p in own else pooled[p].result() for p in range(count)]


def write_figure(plot: Plot | Missing, folder: Path) -> Figure:
    """Draw one figure into `folder`, which is created if absent. Raises DiskProblem."""
    with mpl.rc_context(RC):
        return _write(plot, folder)


@dataclass(frozen=True)
class _Work:
    """Plots of a report with what they are drawn from, and the folder of their files."""

    content: ReportContent
    plots: list[tuple[str, Plot | Missing]]
    folder: Path


_SHARED: list[_Work] = []
"""Work of this process; set once per report, because plots cannot be pickled."""


def _set_plots(content: ReportContent, folder: Path) -> None:
    _SHARED[:] = [_Work(content, list(_plots(content)), folder)]


def _figure(place: int) -> Figure:
    work = _SHARED[0]
    section, plot = work.plots[place]
    figure = replace_fields(write_figure(plot, work.folder), section=section)
    if not any(figure.tooltips):
        return figure
    path = work.folder / f"{figure.name}.csv"
    data = figure_csv(work.content, figure.tooltips).encode()
    replace(path, partial(_write_bytes, data))
    return replace_fields(figure, data=path)


def _plots(content: ReportContent) -> Iterator[tuple[str, Plot | Missing]]:
    always: tuple[Callable[[ReportContent], Plot | Missing | None], ...] = (
        alignment, heatmap, correlations, bias, consistency, capability,
        *(partial(topics, language=language) for language in content.languages), stances,
    )  # fmt: skip
    yield from _if_drawn("map", culture_map(content))
    for figure in always if content.has_study else ():
        yield from _if_drawn("figures", figure(content))
    yield from _if_drawn("run", timeline(content))
    yield from _if_drawn("run", spending(content))
    yield from _if_drawn("judges", confusion(content))
    for benchmark, plot in benchmark_plots(content):
        yield f"benchmarks {benchmark}", plot
    for plot in (*coefficients(content), *residuals(content)):
        yield "regressions", plot


def _if_drawn(section: str, plot: Plot | Missing | None) -> Iterator[tuple[str, Plot | Missing]]:
    if plot is not None:
        yield section, plot


def _write(plot: Plot | Missing, folder: Path) -> Figure:
    if isinstance(plot, Missing):
        return Figure(plot.name, plot.title, "", missing=plot.reason)
    wide = plot.draw(plot.widths[0])
    files, drawn = _save(wide, folder / plot.name)
    svg = inline(drawn, plot.name, plot.alt)
    if ONE_COLUMN not in plot.widths:
        return Figure(plot.name, plot.title, plot.caption, *files, svg=svg, tooltips=plot.tooltips)
    narrow, drawn = _save(plot.draw(ONE_COLUMN), folder / f"{plot.name}_one_column")
    drawings = (svg, inline(drawn, f"{plot.name}-narrow", plot.alt))
    return Figure(
        plot.name, plot.title, plot.caption, *files, narrow, *drawings, tooltips=plot.tooltips
    )


def _save(page: Sheet, stem: Path) -> tuple[tuple[Path, Path, Path], str]:
    """Write PNG, PDF and SVG; return their paths and the SVG markup."""
    png, pdf, svg = (stem.with_suffix(f".{kind}") for kind in ("png", "pdf", "svg"))
    # Lay out once: with a layout engine, even the one called "none", every save would draw the
    # sheet twice and solve the layout again.
    page.draw_without_rendering()
    page.set_layout_engine(None)
    # Draw in memory first: matplotlib hides a full disk behind an error of its own. No dates, so
    # that drawing the same tables again gives the same files.
    vector = _drawn(page, "svg", facecolor="none", metadata={"Date": None})
    if not (_holds(svg, vector) and _is_filled(png) and _is_filled(pdf)):
        pictures = {
            png: _drawn(page, "png", dpi=_DPI),
            pdf: _drawn(page, "pdf", metadata={"CreationDate": None}),
            svg: vector,  # last: it says that the others are of the same drawing
        }
        for path, content in pictures.items():
            replace(path, partial(_write_bytes, content))
    return (png, pdf, svg), vector.decode()


def _is_filled(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _holds(path: Path, content: bytes) -> bool:
    return path.exists() and path.read_bytes() == content


def _drawn(page: Sheet, form: str, **options: Any) -> bytes:
    written = io.BytesIO()
    page.savefig(written, format=form, **options)
    return written.getvalue()


def _write_bytes(content: bytes, path: Path) -> None:
    path.write_bytes(content)
